import type { NodeAvailability, NodeRole } from '../swarm/node.ts';
import type { GenericResource, Platform, StringMap } from '../swarm/object.ts';
import type { FieldReader, ScenarioPath } from './field-reader.ts';
import { DEFAULT_CPUS, DEFAULT_MEMORY_BYTES, type ScenarioNode } from './scenario.ts';

/** Keys of a node; schemas/scenario.schema.json says what they mean. */
export const NODE_KEYS = [
  'name',
  'role',
  'availability',
  'cpus',
  'memory',
  'labels',
  'engine_labels',
  'platform',
  'generic',
] as const;

const ROLES: readonly NodeRole[] = ['manager', 'worker'];
const AVAILABILITIES: readonly NodeAvailability[] = ['active', 'pause', 'drain'];

/** What a node is of which a scenario says nothing. */
export interface NodeDefaults {
  readonly name: string;
  readonly role: NodeRole;
}

/** Reads one node; what is wrong is noted and taken from the defaults. */
export function readNode(
  reader: FieldReader,
  value: unknown,
  path: ScenarioPath,
  defaults: NodeDefaults,
): ScenarioNode {
  const node = reader.mapping(value, path, NODE_KEYS);
  const at = (key: string): ScenarioPath => [...path, key];
  const cpus = reader.positive(node['cpus'], at('cpus')) ?? DEFAULT_CPUS;
  const name = reader.text(node['name'], at('name')) ?? defaults.name;
  const engineLabels = readLabels(reader, node['engine_labels'], at('engine_labels'));
  const hasLabels = Object.keys(engineLabels).length > 0;
  const generic = readGeneric(reader, node['generic'], at('generic'));
  return {
    name,
    role: reader.word(node['role'], at('role'), ROLES) ?? defaults.role,
    availability: reader.word(node['availability'], at('availability'), AVAILABILITIES) ?? 'active',
    labels: readLabels(reader, node['labels'], at('labels')),
    description: {
      Hostname: name,
      Platform: readPlatform(reader, node['platform'], at('platform')),
      Resources: {
        NanoCPUs: Math.round(cpus * 1e9),
        MemoryBytes: reader.bytes(node['memory'], at('memory')) ?? DEFAULT_MEMORY_BYTES,
        ...(generic.length > 0 && { GenericResources: generic }),
      },
      ...(hasLabels && { Engine: { Labels: engineLabels, Plugins: PLUGINS } }),
    },
  };
}

const plugins = (Type: string, names: string) => names.split(' ').map((Name) => ({ Type, Name }));

/** What an engine comes with. A node that says nothing of its engine is believed to have them all. */
const PLUGINS = [
  ...plugins('Log', 'awslogs fluentd gcplogs gelf journald json-file local splunk syslog'),
  ...plugins('Network', 'bridge host ipvlan macvlan null overlay'),
  ...plugins('Volume', 'local'),
];

/** Identical nodes `n1`, `n2` …, the first a manager. */
export function defaultNodes(count: number): readonly ScenarioNode[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `n${at + 1}`,
    role: at === 0 ? 'manager' : 'worker',
    availability: 'active',
    labels: {},
    description: {
      Hostname: `n${at + 1}`,
      Platform: DEFAULT_PLATFORM,
      Resources: { NanoCPUs: DEFAULT_CPUS * 1e9, MemoryBytes: DEFAULT_MEMORY_BYTES },
    },
  }));
}

const DEFAULT_PLATFORM: Platform = { OS: 'linux', Architecture: 'x86_64' };

/** Names that engines report, by those that people use. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** `linux/arm64`. */
function readPlatform(reader: FieldReader, value: unknown, path: ScenarioPath): Platform {
  const text = reader.text(value, path);
  if (text === undefined) return DEFAULT_PLATFORM;
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)$/.exec(text);
  if (!match) {
    reader.note(path, 'must be OS/ARCHITECTURE, such as linux/arm64');
    return DEFAULT_PLATFORM;
  }
  const [, OS = '', architecture = ''] = match;
  return { OS, Architecture: ARCHITECTURES[architecture] ?? architecture };
}

function readLabels(reader: FieldReader, value: unknown, path: ScenarioPath): StringMap {
  const labels = Object.entries(reader.mapping(value, path));
  return Object.fromEntries(
    labels.map(([key, label]) => {
      const isScalar = ['string', 'number', 'boolean'].includes(typeof label);
      if (!isScalar) reader.note([...path, key], 'must be a text');
      return [key, isScalar ? String(label) : ''];
    }),
  );
}

/** A number of each kind, or the names of them. */
function readGeneric(
  reader: FieldReader,
  value: unknown,
  path: ScenarioPath,
): readonly GenericResource[] {
  return Object.entries(reader.mapping(value, path)).flatMap(([Kind, one]): GenericResource[] => {
    const place = [...path, Kind];
    if (!Array.isArray(one)) {
      return [{ DiscreteResourceSpec: { Kind, Value: reader.count(one ?? '', place) ?? 0 } }];
    }
    return one.map((name: unknown, at) => ({
      NamedResourceSpec: { Kind, Value: reader.text(name, [...place, at]) ?? '' },
    }));
  });
}
