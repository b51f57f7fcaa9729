import type { Platform } from '../../../swarm/object.ts';
import type { Filter } from './filter.ts';
import { onNodes } from './filter.ts';

/** The kernel's words and Go's for the same processor. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

/** Nodes of one of the platforms that the image was built for. @source swarmkit manager/scheduler/filter.go PlatformFilter */
export const platform: Filter = {
  name: 'platform',
  applies: ({ platforms }) => platforms.length > 0,
  accepts: ({ platforms }, node) => platforms.some((one) => fits(one, node.facts.platform)),
  explain: (nodeCount) => onNodes('unsupported platform', nodeCount),
  shortfall: ({ platforms }, node) =>
    `runs ${format(node.facts.platform)}; the image supports ${platforms.map(format).join(', ')}`,
  remedy: (_request, node) => `use an image built for ${format(node.facts.platform)}`,
};

function fits(wanted: Platform, actual: Platform): boolean {
  return (
    (!wanted.OS || wanted.OS === actual.OS) &&
    (!wanted.Architecture || canonical(wanted.Architecture) === canonical(actual.Architecture))
  );
}

function canonical(architecture: string | undefined): string | undefined {
  return architecture === undefined ? undefined : (ALIASES.get(architecture) ?? architecture);
}

function format({ OS, Architecture }: Platform): string {
  return `${OS || 'any'}/${Architecture || 'any'}`;
}
