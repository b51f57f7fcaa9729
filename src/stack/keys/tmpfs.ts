import { parseBytes } from '../../base/bytes.ts';
import type { Mount } from '../../swarm/service.ts';
import type { Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';

/**
 * Temporary file systems of a service.
 *
 * Parity: in docker's format the key is dropped (merge-lists-append), but we say so, and how to get
 * what was meant. In the Compose Specification's format they are mounted.
 * @source spec/stack-file.md 8.8; research/demand.md 5.3
 */
export const tmpfs: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'ignored',
  reason: 'write the mount under "volumes": {type: tmpfs, target: /path}',
  convert: (value, scope) => {
    if (scope.format === 'docker') warnOfNothing(value, scope);
    else for (const [index, line] of value.entries()) addMount(toTmpfs(line, index, scope), scope);
  },
});

function warnOfNothing(value: readonly string[], scope: ServiceScope): void {
  const target = value[0]?.split(':')[0];
  if (scope.compat === 'docker' || target === undefined) return;
  scope.problem(['tmpfs'], {
    code: 'tmpfs-without-effect',
    severity: 'warning',
    message: `service ${scope.service}: tmpfs has no effect in a stack: nothing is mounted on ${target}`,
    hint: `write "volumes: [{type: tmpfs, target: ${target}}]"`,
  });
}

function addMount(mount: Mount, { draft }: ServiceScope): void {
  draft.container.Mounts = [...(draft.container.Mounts ?? []), mount];
}

/** `/run:size=64m,mode=1777,noexec`; options without a field of their own are passed on. */
function toTmpfs(line: string, index: number, scope: ServiceScope): Mount {
  const colon = line.indexOf(':');
  const words = colon < 0 ? [] : line.slice(colon + 1).split(',');
  const pairs = words.map((word) => word.split('=', 2));
  const last = (name: string) => pairs.findLast(([word]) => word === name)?.[1];
  const size = last('size');
  const SizeBytes = size === undefined ? 0 : sizeOf(size, index, scope);
  const mode = last('mode');
  const Mode = mode === undefined ? undefined : Number.parseInt(mode, 8);
  if (Number.isNaN(Mode)) refuse(index, scope, 'a mode is written in octal digits: mode=1777');
  const others = pairs.filter(([name = '']) => !OWN_FIELD.has(name));
  const options = {
    ...(SizeBytes > 0 && { SizeBytes }),
    ...(Mode !== undefined && { Mode }),
    ...(others.length > 0 && { Options: others }),
  };
  return {
    Type: 'tmpfs',
    Target: colon < 0 ? line : line.slice(0, colon),
    ...(words.includes('ro') && { ReadOnly: true }),
    ...(Object.keys(options).length > 0 && { TmpfsOptions: options }),
  };
}

/** Options that are not passed on as text. */
const OWN_FIELD = new Set(['', 'ro', 'rw', 'size', 'mode']);

function sizeOf(written: string, index: number, scope: ServiceScope): number {
  const parsed = parseBytes(written);
  if (parsed.kind === 'ok') return parsed.bytes;
  refuse(index, scope, parsed.reason);
  return 0;
}

function refuse(index: number, scope: ServiceScope, reason: string): void {
  const hint = 'write /path:size=64m,mode=1777';
  scope.error(['tmpfs', index], { code: 'invalid-tmpfs', reason, hint });
}

/** Docker takes text only; a number is a type error of its decoder, not of its schema. */
const sizeText: Codec<string> = {
  ...text,
  decode: (value, at) => {
    if (typeof value === 'string' || value === null) return value ?? undefined;
    if (at.context.format === 'compose') return text.decode(value, at);
    const reason = "expected type 'string', got unconvertible type 'int'";
    at.error({ code: 'invalid-size', reason, hint: 'quote it' });
    return undefined;
  },
};

/**
 * Size of /dev/shm: ignored by docker, a tmpfs in the Compose Specification's format.
 * @source research/demand.md 5.3
 */
export const shmSize: KeySpec<string> = {
  codec: sizeText,
  support: 'ignored',
  notice: 'unsupported',
  reason: 'mount a tmpfs of that size on /dev/shm',
  convert: (value, scope) => {
    if (scope.format === 'docker') return;
    const parsed = parseBytes(value);
    if (parsed.kind === 'error') {
      const hint = 'write a number and a unit: 64M, 1G';
      scope.error(['shm_size'], { code: 'invalid-size', reason: parsed.reason, hint });
    } else if (parsed.bytes > 0) {
      const TmpfsOptions = { SizeBytes: parsed.bytes };
      addMount({ Type: 'tmpfs', Target: '/dev/shm', TmpfsOptions }, scope);
    }
  },
};
