import { textOf } from './format-scalar.ts';
import { parseVolume } from './keys/parse-volume.ts';
import { appendLists, mergeMaps, type Merging } from './merge-nodes.ts';
import { isTracedList, isTracedMap, type Provenance, type Traced } from './provenance.ts';
import type { YamlMap, YamlValue } from './yaml-values.ts';
import { isYamlMap } from './yaml-values.ts';

/** Merges the values of two files at one path. */
export type MergeRule = (base: Traced, over: Traced, merging: Merging, path: string) => Traced;

/** Commands: the later one as a whole. */
const replace: MergeRule = (base, over) => (over.value === null ? base : over);

/** A mapping, or the same as a list of `KEY=value`: united by key; null is a value here. */
const pairs: MergeRule = (base, over, { provenance }) => {
  if (over.value === null) return base;
  const entries = pairsOf(base, provenance);
  for (const [key, entry] of pairsOf(over, provenance)) entries.set(key, entry);
  return provenance.map(entries, over.place);
};

function pairsOf(traced: Traced, provenance: Provenance): Map<string, Traced> {
  if (isTracedMap(traced)) return provenance.entriesOf(traced);
  const entries = new Map<string, Traced>();
  if (!isTracedList(traced)) return entries;
  for (const { value, place } of provenance.itemsOf(traced)) {
    const text = typeof value === 'string' ? value : '';
    const equals = text.indexOf('=');
    if (equals < 0) entries.set(text, { value: null, place });
    else entries.set(text.slice(0, equals), { value: text.slice(equals + 1), place });
  }
  return entries;
}

/** Extra hosts in either form become a list of `name=address`; the same line stands once. */
const hosts: MergeRule = (base, over, merging) => {
  if (over.value === null) return base;
  const [left, right] = [base, over].map((one) => hostList(one, merging.provenance));
  return left && right ? appendLists(left, right, merging) : over;
};

function hostList(traced: Traced, provenance: Provenance): Traced<readonly YamlValue[]> {
  if (isTracedList(traced)) return traced;
  const lines: Traced[] = [];
  for (const [name, { value, place }] of isTracedMap(traced) ? provenance.entriesOf(traced) : []) {
    const addresses = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    for (const address of addresses) lines.push({ value: `${name}=${textOf(address)}`, place });
  }
  return provenance.list(lines, traced.place);
}

/** One value or several: the later ones are appended. */
function list({ unique }: { unique: boolean }): MergeRule {
  return (base, over, merging) => {
    if (over.value === null) return base;
    const { provenance } = merging;
    const [left, right] = [base, over].map((one) => asList(one, provenance));
    if (!left || !right) return over;
    if (unique) return appendLists(left, right, merging);
    return provenance.list([...provenance.itemsOf(left), ...provenance.itemsOf(right)], over.place);
  };
}

function asList(traced: Traced, provenance: Provenance): Traced<readonly YamlValue[]> {
  if (isTracedList(traced)) return traced;
  return provenance.list(traced.value === null ? [] : [traced], traced.place);
}

/** A list whose items have an identity: a later item takes the earlier one's place. */
function keyed(keyOf: (item: YamlValue) => string): MergeRule {
  return (base, over, { provenance }) => {
    if (!isTracedList(base) || !isTracedList(over)) return over.value === null ? base : over;
    const items = new Map<string, Traced>();
    for (const item of [...provenance.itemsOf(base), ...provenance.itemsOf(over)]) {
      items.set(keyOf(item.value), item);
    }
    return provenance.list([...items.values()], over.place);
  };
}

/** Pools of addresses: those of the same subnet are united. */
const pools: MergeRule = (base, over, merging, path) => {
  const { provenance } = merging;
  if (!isTracedList(base) || !isTracedList(over)) return over.value === null ? base : over;
  const items = [...provenance.itemsOf(base)];
  for (const pool of provenance.itemsOf(over)) {
    const at = items.findIndex(
      (one) => member(one.value, 'subnet') === member(pool.value, 'subnet'),
    );
    const before = items[at];
    if (before) items[at] = merging.at(`${path}.[]`, before, pool);
    else items.push(pool);
  }
  return provenance.list(items, over.place);
};

function member(value: YamlValue, key: string): YamlValue | undefined {
  return isYamlMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Names, or a mapping by name; what the list form says is `alone`. */
function named(alone: YamlValue): MergeRule {
  return (base, over, merging, path) => {
    if (over.value === null) return base;
    const [left, right] = [base, over].map((one) => byName(one, alone, merging.provenance));
    return left && right ? mergeMaps(left, right, merging, path) : over;
  };
}

function byName(traced: Traced, alone: YamlValue, provenance: Provenance): Traced<YamlMap> {
  if (isTracedMap(traced)) return traced;
  const items = isTracedList(traced) ? provenance.itemsOf(traced) : [];
  const entries = items.map(
    ({ value, place }) => [textOf(value), { value: alone, place }] as const,
  );
  return provenance.map(new Map(entries), traced.place);
}

/** Options of one logging driver are united; another driver brings its own. */
const logging: MergeRule = (base, over, merging, path) => {
  if (!isTracedMap(base) || !isTracedMap(over)) return over.value === null ? base : over;
  const [before, after] = [base.value['driver'], over.value['driver']];
  const isSame = before === undefined || after === undefined || before === after;
  return isSame ? mergeMaps(base, over, merging, path) : over;
};

/** A build written as its directory is the same as one with nothing but a context. */
const build: MergeRule = (base, over, merging, path) => {
  if (over.value === null) return base;
  const [left, right] = [base, over].map((one) =>
    isTracedMap(one) ? one : merging.provenance.map(new Map([['context', one]]), one.place),
  );
  return left && right ? mergeMaps(left, right, merging, path) : over;
};

const DEPENDENCY: YamlMap = Object.assign(Object.create(null) as Record<string, YamlValue>, {
  condition: 'service_started',
  required: true,
});

/** Ports are the same when address, published and target port and protocol are. */
function portKey(item: YamlValue): string {
  if (isYamlMap(item)) {
    const word = (key: string): string => textOf(item[key]);
    const address = [word('host_ip'), word('published'), word('target')].filter((part) => part);
    return shortPort(`${address.join(':')}/${word('protocol') || 'tcp'}`);
  }
  return shortPort(textOf(item));
}

function shortPort(text: string): string {
  return text.replace(/\/tcp$/, '').replace(/^0\.0\.0\.0:/, '');
}

function mountKey(item: YamlValue): string {
  if (isYamlMap(item)) return textOf(item['target']);
  const parsed = parseVolume(textOf(item), 'when-plausible');
  return parsed.kind === 'ok' ? parsed.volume.target : textOf(item);
}

/** Secrets and configs are the same when they are mounted at the same place. */
function referenceKey(directory: string): (item: YamlValue) => string {
  return (item) => {
    const source = isYamlMap(item) ? textOf(item['source']) : textOf(item);
    const target = isYamlMap(item) ? textOf(item['target'] ?? source) : source;
    return target.startsWith('/') ? target : `${directory}/${target}`;
  };
}

function deviceKey(item: YamlValue): string {
  if (isYamlMap(item)) return textOf(item['target'] ?? item['source']);
  const [source = '', target = source] = textOf(item).split(':');
  return target;
}

const PAIRS = [
  'services.*.annotations',
  'services.*.build.additional_contexts',
  'services.*.build.args',
  'services.*.build.labels',
  'services.*.deploy.labels',
  'services.*.environment',
  'services.*.labels',
  'services.*.sysctls',
  'networks.*.labels',
  'volumes.*.labels',
  'secrets.*.labels',
  'configs.*.labels',
];

/**
 * What does not merge like its YAML kind, by path; `*` is any name.
 * @source compose-spec 13-merge.md, "Exceptions"
 */
export const MERGE_RULES: ReadonlyMap<string, MergeRule> = new Map<string, MergeRule>([
  ['services.*.command', replace],
  ['services.*.entrypoint', replace],
  ['services.*.healthcheck.test', replace],
  ...PAIRS.map((path) => [path, pairs] as const),
  ['services.*.extra_hosts', hosts],
  ['services.*.build.extra_hosts', hosts],
  ['services.*.dns', list({ unique: true })],
  ['services.*.dns_search', list({ unique: true })],
  ['services.*.tmpfs', list({ unique: true })],
  ['services.*.env_file', list({ unique: false })],
  ['services.*.label_file', list({ unique: false })],
  ['services.*.ports', keyed(portKey)],
  ['services.*.volumes', keyed(mountKey)],
  ['services.*.secrets', keyed(referenceKey('/run/secrets'))],
  ['services.*.configs', keyed(referenceKey(''))],
  ['services.*.devices', keyed(deviceKey)],
  ['services.*.expose', keyed(textOf)],
  ['services.*.networks', named(null)],
  ['services.*.depends_on', named(DEPENDENCY)],
  ['services.*.logging', logging],
  ['services.*.build', build],
  ['networks.*.ipam.config', pools],
]);
