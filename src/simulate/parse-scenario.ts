import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { NodeRole } from '../swarm/node.ts';
import type { StringMap } from '../swarm/object.ts';
import { FieldReader, type Fields } from './field-reader.ts';
import {
  DEFAULT_BEHAVIOUR,
  DEFAULT_CPUS,
  DEFAULT_MEMORY_BYTES,
  defaultNodes,
  NODE_ACTIONS,
  type Expectations,
  type ImageBehaviour,
  type Scenario,
  type ScenarioEvent,
  type ScenarioNode,
} from './scenario.ts';

const DEFAULT_NODE_COUNT = 3;

/**
 * Reads a scenario from plain values, as a YAML or JSON reader gives them.
 * @param file - name of the file, for problems
 * @throws UserError `invalid-scenario` with every problem
 */
export function parseScenario(value: unknown, file: string): Scenario {
  const reader = new FieldReader();
  const top = reader.mapping(value, '', ['nodes', 'images', 'events', 'expect']);
  const nodes = readNodes(reader, top['nodes']);
  const images = reader.mapping(top['images'], 'images');
  const events = reader
    .list(top['events'], 'events')
    .map((event, at) => readEvent(reader, event, `events[${at}]`))
    .filter((event) => event !== undefined)
    .toSorted((a, b) => a.at - b.at);
  checkEvents(reader, events, nodes);
  const scenario: Scenario = {
    nodes,
    images: new Map(
      Object.entries(images).map(([name, one]) => [name, readImage(reader, one, `images.${name}`)]),
    ),
    events,
    expect: readExpectations(reader, top['expect']),
  };
  if (reader.problems.length === 0) return scenario;
  throw new UserError(reader.problems.map((one) => `${file}: ${one}`).join('\n'), {
    code: 'invalid-scenario',
    exitCode: EXIT_CODE.invalidFile,
    hint: 'tstack simulate --help shows a scenario.',
  });
}

function readNodes(reader: FieldReader, value: unknown): readonly ScenarioNode[] {
  const list = reader.list(value, 'nodes');
  if (list.length === 0) return defaultNodes(DEFAULT_NODE_COUNT);
  const nodes = list.map((one, at) => readNode(reader, one, at));
  const names = nodes.map((node) => node.name);
  for (const name of new Set(names)) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      reader.note('nodes', `two nodes are named ${name}`);
    }
  }
  if (!nodes.some((node) => node.role === 'manager')) {
    reader.note('nodes', 'one of them must have role: manager');
  }
  return nodes;
}

function readNode(reader: FieldReader, value: unknown, at: number): ScenarioNode {
  const place = `nodes[${at}]`;
  const node = reader.mapping(value, place, ['name', 'role', 'cpus', 'memory', 'labels']);
  const cpus = reader.positive(node['cpus'], `${place}.cpus`) ?? DEFAULT_CPUS;
  return {
    name: reader.text(node['name'], `${place}.name`) ?? `n${at + 1}`,
    role: readRole(reader, node['role'] ?? (at === 0 ? 'manager' : 'worker'), `${place}.role`),
    nanoCpus: Math.round(cpus * 1e9),
    memoryBytes: reader.bytes(node['memory'], `${place}.memory`) ?? DEFAULT_MEMORY_BYTES,
    labels: readLabels(reader, node['labels'], `${place}.labels`),
  };
}

function readRole(reader: FieldReader, role: unknown, place: string): NodeRole {
  if (role === 'manager' || role === 'worker') return role;
  reader.note(place, 'must be manager or worker');
  return 'worker';
}

function readLabels(reader: FieldReader, value: unknown, place: string): StringMap {
  const labels = Object.entries(reader.mapping(value, place));
  return Object.fromEntries(
    labels.map(([key, label]) => {
      const isScalar = ['string', 'number', 'boolean'].includes(typeof label);
      if (!isScalar) reader.note(`${place}.${key}`, 'must be a text');
      return [key, isScalar ? String(label) : ''];
    }),
  );
}

function readImage(reader: FieldReader, value: unknown, place: string): ImageBehaviour {
  const keys = ['start', 'fail_after', 'exit_code', 'unhealthy_after', 'stop'];
  const image = reader.mapping(value, place, keys);
  const time = (key: string) => reader.duration(image[key], `${place}.${key}`);
  const exitCode = reader.count(image['exit_code'], `${place}.exit_code`);
  if (exitCode !== undefined && image['fail_after'] === undefined) {
    reader.note(`${place}.exit_code`, 'has no effect without fail_after');
  }
  return {
    startMs: time('start') ?? DEFAULT_BEHAVIOUR.startMs,
    stopMs: time('stop') ?? DEFAULT_BEHAVIOUR.stopMs,
    failAfterMs: time('fail_after'),
    exitCode: exitCode ?? DEFAULT_BEHAVIOUR.exitCode,
    unhealthyAfterMs: time('unhealthy_after'),
  };
}

function readEvent(reader: FieldReader, value: unknown, place: string): ScenarioEvent | undefined {
  const event: Fields = reader.mapping(value, place, ['at', 'update', ...NODE_ACTIONS]);
  const at = reader.duration(event['at'], `${place}.at`);
  if (event['at'] === undefined) reader.note(place, 'needs at: when it happens');
  const actions = ([...NODE_ACTIONS, 'update'] as const).filter((key) => event[key] !== undefined);
  const [action] = actions;
  if (action === undefined || actions.length > 1) {
    return reader.note(place, `needs one of ${NODE_ACTIONS.join(', ')}, update`);
  }
  const target = reader.text(event[action], `${place}.${action}`);
  if (at === undefined || target === undefined) return undefined;
  return action === 'update' ? { at, action, file: target } : { at, action, node: target };
}

/** Nodes exist, and a majority of the managers is always there: without it a Swarm does nothing. */
function checkEvents(
  reader: FieldReader,
  events: readonly ScenarioEvent[],
  nodes: readonly ScenarioNode[],
): void {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const managers = nodes.filter((node) => node.role === 'manager').length;
  const lost = new Set<string>();
  for (const event of events) {
    if (event.action === 'update') continue;
    const node = byName.get(event.node);
    const names = [...byName.keys()].join(', ');
    if (!node) reader.note('events', `no node is named ${event.node}; there are ${names}`);
    if (event.action === 'return') lost.delete(event.node);
    if (event.action !== 'lose' || node?.role !== 'manager') continue;
    lost.add(event.node);
    if ((managers - lost.size) * 2 > managers) continue;
    const text = `losing manager ${event.node} leaves no majority of ${managers}: nothing would be decided any more`;
    reader.note('events', `${text}; lose a worker, or give more managers`);
  }
}

function readExpectations(reader: FieldReader, value: unknown): Expectations {
  const expect = reader.mapping(value, 'expect', ['min_available', 'converges_within']);
  const least = expect['min_available'];
  const isNumber = typeof least === 'number';
  const place = 'expect.min_available';
  const named = isNumber ? {} : reader.mapping(least, place);
  const counts = Object.entries(named).map(
    ([name, count]) => [name, reader.count(count ?? '', `${place}.${name}`) ?? 0] as const,
  );
  return {
    minAvailable: new Map(counts),
    minAvailableOfAll: isNumber ? reader.count(least, place) : undefined,
    convergesWithinMs: reader.duration(expect['converges_within'], 'expect.converges_within'),
  };
}
