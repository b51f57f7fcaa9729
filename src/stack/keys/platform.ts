import type { Platform } from '../../swarm/object.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';

const SYSTEMS = new Set(['linux', 'windows', 'darwin', 'freebsd']);

/** Other names of architectures, as nodes and images write them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
};

/** Nodes of one platform; converted after `deploy`. @source research/demand.md 5.3 */
export const platform: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, scope) => {
    if (value === '') return;
    const parsed = parsePlatform(value);
    if (parsed) {
      const { Placement } = scope.draft.task;
      scope.draft.task.Placement = { ...Placement, Platforms: [parsed] };
      return;
    }
    scope.error(['platform'], {
      code: 'invalid-platform',
      reason: `platform "${value}" is no operating system and architecture`,
      hint: 'write linux/amd64, linux/arm64 or linux/arm/v7',
    });
  },
});

/**
 * `os/architecture[/variant]`, or one of the two.
 *
 * Nodes report 32-bit ARM as armv6l and armv7l, so there the variant names the architecture; other
 * variants say nothing that nodes report.
 */
export function parsePlatform(written: string): Platform | undefined {
  const parts = written.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  const [first = '', second, variant] = parts;
  if (second === undefined) {
    return SYSTEMS.has(first) ? { OS: first } : { ...architecture(first), OS: 'linux' };
  }
  return SYSTEMS.has(first) ? { ...architecture(second, variant), OS: first } : undefined;
}

function architecture(name: string, variant?: string): Pick<Platform, 'Architecture'> {
  if (name !== 'arm') return { Architecture: ARCHITECTURES[name] ?? name };
  return variant === 'v6' || variant === 'v7' ? { Architecture: `arm${variant}l` } : {};
}
