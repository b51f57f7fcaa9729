import type { Provenance, Traced } from './provenance.ts';
import type { YamlMap, YamlValue } from './yaml-values.ts';

/** What merging two values works with. */
export interface Merging {
  readonly provenance: Provenance;
  /** Merges two values at a path by the rule that holds there. */
  readonly at: (path: string, base: Traced, over: Traced) => Traced;
}

/** Mappings whose keys are names; a rule holds for all of them. */
const NAMED: ReadonlySet<string> = new Set([
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'services.*.networks',
  'services.*.ulimits',
  'services.*.depends_on',
]);

/** Both mappings in one; entries of both are merged. */
export function mergeMaps(
  base: Traced<YamlMap>,
  over: Traced<YamlMap>,
  { provenance, at }: Merging,
  path: string,
): Traced<YamlMap> {
  const entries = provenance.entriesOf(base);
  for (const [key, entry] of provenance.entriesOf(over)) {
    const before = entries.get(key);
    entries.set(key, before ? at(childPath(path, key), before, entry) : entry);
  }
  return provenance.map(entries, over.place);
}

function childPath(path: string, key: string): string {
  const step = NAMED.has(path) ? '*' : key;
  return path === '' ? step : `${path}.${step}`;
}

/** Both lists in one; a plain item that both have stands once. */
export function appendLists(
  base: Traced<readonly YamlValue[]>,
  over: Traced<readonly YamlValue[]>,
  { provenance }: Merging,
): Traced {
  const known = new Set<YamlValue>(base.value.filter((item) => typeof item !== 'object'));
  const added = provenance.itemsOf(over).filter(({ value }) => !known.has(value));
  return provenance.list([...provenance.itemsOf(base), ...added], over.place);
}
