import {
  FieldReader,
  type Fields,
  type ScenarioPath,
  type ScenarioProblem,
} from './field-reader.ts';
import { formatMs } from './report.ts';
import { defaultNodes, readNode } from './parse-node.ts';
import {
  DEFAULT_BEHAVIOUR,
  NODE_ACTIONS,
  type Expectations,
  type ImageBehaviour,
  type Scenario,
  type ScenarioEvent,
  type ScenarioNode,
} from './scenario.ts';

const DEFAULT_NODE_COUNT = 3;

/** Keys of a scenario's mappings; schemas/scenario.schema.json says what they mean. */
export const SCENARIO_KEYS = ['nodes', 'images', 'events', 'expect'] as const;
export const IMAGE_KEYS = [
  'start',
  'stop',
  'fail_after',
  'exit_code',
  'unhealthy_after',
  'crash_chance',
] as const;
export const ACTIONS = [...NODE_ACTIONS, 'add', 'update'] as const;
export const EXPECT_KEYS = ['min_available', 'converges_within'] as const;

/** What was read; with problems, the scenario is a guess. */
export interface ParsedScenario {
  readonly scenario: Scenario;
  readonly problems: readonly ScenarioProblem[];
}

/** What the flags say beside a scenario. */
export interface ScenarioFrame {
  /** Nodes from elsewhere, of which the scenario then must say nothing. */
  readonly nodes?: readonly ScenarioNode[] | undefined;
  /** Horizon, ms after the start. */
  readonly untilMs: number;
}

/** Reads a scenario from plain values, as a YAML or JSON reader gives them. */
export function parseScenario(
  value: unknown,
  { nodes: given, untilMs }: ScenarioFrame,
): ParsedScenario {
  const reader = new FieldReader();
  const top = reader.mapping(value, [], SCENARIO_KEYS);
  const nodes = given ?? readNodes(reader, top['nodes']);
  if (given && top['nodes'] !== undefined) {
    reader.note(['nodes'], 'the nodes are given by a flag already', { isKey: true });
  }
  const images = Object.entries(reader.mapping(top['images'], ['images']));
  const events = reader
    .list(top['events'], ['events'])
    .map((event, at) => ({ at, event: readEvent(reader, event, at) }))
    .flatMap(({ at, event }) => (event ? [{ path: ['events', at], event }] : []))
    .toSorted((a, b) => a.event.at - b.event.at);
  checkEvents(reader, events, nodes);
  checkTimes(reader, events, untilMs);
  const scenario: Scenario = {
    nodes,
    images: new Map(images.map(([name, one]) => [name, readImage(reader, one, name)])),
    events: events.map(({ event }) => event),
    expect: readExpectations(reader, top['expect']),
  };
  return { scenario, problems: reader.problems };
}

function readNodes(reader: FieldReader, value: unknown): readonly ScenarioNode[] {
  const list = reader.list(value, ['nodes']);
  if (list.length === 0) return defaultNodes(DEFAULT_NODE_COUNT);
  const nodes = list.map((one, at) =>
    readNode(reader, one, ['nodes', at], {
      name: `n${at + 1}`,
      role: at === 0 ? 'manager' : 'worker',
    }),
  );
  for (const [at, { name }] of nodes.entries()) {
    if (nodes.findIndex((node) => node.name === name) === at) continue;
    reader.note(['nodes', at, 'name'], `two nodes are named ${name}`);
  }
  if (!nodes.some((node) => node.role === 'manager')) {
    reader.note(['nodes'], 'one of them must have role: manager', { isKey: true });
  }
  return nodes;
}

function readImage(reader: FieldReader, value: unknown, name: string): ImageBehaviour {
  const path = ['images', name];
  const image = reader.mapping(value, path, IMAGE_KEYS);
  const time = (key: string) => reader.duration(image[key], [...path, key]);
  const exitCode = reader.count(image['exit_code'], [...path, 'exit_code']);
  const crashChance = reader.share(image['crash_chance'], [...path, 'crash_chance']);
  if (exitCode !== undefined && image['fail_after'] === undefined && crashChance === undefined) {
    reader.note([...path, 'exit_code'], 'has no effect without fail_after or crash_chance');
  }
  return {
    startMs: time('start') ?? DEFAULT_BEHAVIOUR.startMs,
    stopMs: time('stop') ?? DEFAULT_BEHAVIOUR.stopMs,
    failAfterMs: time('fail_after'),
    exitCode: exitCode ?? DEFAULT_BEHAVIOUR.exitCode,
    unhealthyAfterMs: time('unhealthy_after'),
    crashChance: crashChance ?? DEFAULT_BEHAVIOUR.crashChance,
  };
}

function readEvent(reader: FieldReader, value: unknown, index: number): ScenarioEvent | undefined {
  const path: ScenarioPath = ['events', index];
  const event: Fields = reader.mapping(value, path, ['at', ...ACTIONS]);
  const at = reader.duration(event['at'], [...path, 'at']);
  if (event['at'] === undefined) reader.note(path, 'needs at: when it happens');
  const actions = ACTIONS.filter((key) => event[key] !== undefined);
  const [action] = actions;
  if (action === undefined || actions.length > 1) {
    return reader.note(path, `needs one of ${ACTIONS.join(', ')}`);
  }
  const place = [...path, action];
  if (action === 'add') {
    const node = readAddedNode(reader, event['add'], place);
    return node && at !== undefined ? { at, action, node } : undefined;
  }
  const target = reader.text(event[action], place);
  if (at === undefined || target === undefined) return undefined;
  return action === 'update' ? { at, action, file: target } : { at, action, node: target };
}

/** `add: n4`, or `add: {name: n4, cpus: 8}`. */
function readAddedNode(
  reader: FieldReader,
  value: unknown,
  path: ScenarioPath,
): ScenarioNode | undefined {
  const fields = typeof value === 'string' ? { name: value } : value;
  const node = readNode(reader, fields, path, { name: '', role: 'worker' });
  if (node.name !== '') return node;
  return reader.note(path, 'needs name: what the new node is called');
}

interface PlacedEvent {
  readonly path: ScenarioPath;
  readonly event: ScenarioEvent;
}

function checkTimes(reader: FieldReader, events: readonly PlacedEvent[], untilMs: number): void {
  for (const { path, event } of events) {
    if (event.at <= untilMs) continue;
    const text = `${formatMs(event.at)} is after the end at ${formatMs(untilMs)}`;
    reader.note([...path, 'at'], text, { hint: 'give a later end with --until' });
  }
}

/** Who is there as time goes by. */
interface Members {
  readonly roles: Map<string, ScenarioNode['role']>;
  readonly lost: Set<string>;
  readonly removed: Set<string>;
}

/** Nodes exist, and a majority of the managers is always there: without it a Swarm does nothing. */
function checkEvents(
  reader: FieldReader,
  events: readonly PlacedEvent[],
  nodes: readonly ScenarioNode[],
): void {
  const members: Members = {
    roles: new Map(nodes.map((node) => [node.name, node.role])),
    lost: new Set(nodes.filter((node) => node.isDown).map((node) => node.name)),
    removed: new Set(),
  };
  for (const { path, event } of events) {
    if (event.action === 'update') continue;
    const place = [...path, event.action];
    const problem =
      event.action === 'add' ? addingProblem(event.node, members) : eventProblem(event, members);
    if (problem !== undefined) reader.note(place, problem);
  }
}

function addingProblem({ name, role }: ScenarioNode, members: Members): string | undefined {
  const isTaken = members.roles.has(name) && !members.removed.has(name);
  members.roles.set(name, role);
  members.removed.delete(name);
  return isTaken ? `there is a node named ${name} already` : undefined;
}

type NodeEvent = Extract<ScenarioEvent, { readonly node: string }>;

function eventProblem({ action, node }: NodeEvent, members: Members): string | undefined {
  const { roles, lost, removed } = members;
  const role = roles.get(node);
  const there = [...roles.keys()].filter((name) => !removed.has(name));
  if (removed.has(node)) return `node ${node} was removed before`;
  if (role === undefined) return `no node is named ${node}; there are ${there.join(', ')}`;
  if (action === 'return') {
    if (!lost.delete(node)) return `node ${node} is not lost at that time`;
    return undefined;
  }
  if (action === 'remove') {
    removed.add(node);
    lost.delete(node);
    return role === 'manager'
      ? `node ${node} is a manager, and has to be demoted first; remove a worker`
      : undefined;
  }
  if (action !== 'lose') return undefined;
  lost.add(node);
  return role === 'manager' ? quorumProblem(node, members) : undefined;
}

function quorumProblem(node: string, { roles, lost }: Members): string | undefined {
  const managers = [...roles].filter(([, role]) => role === 'manager').map(([name]) => name);
  const left = managers.filter((name) => !lost.has(name)).length;
  if (left * 2 > managers.length) return undefined;
  const text = `losing manager ${node} leaves no majority of ${managers.length}: nothing would be decided any more`;
  return `${text}; lose a worker, or give more managers`;
}

function readExpectations(reader: FieldReader, value: unknown): Expectations {
  const expect = reader.mapping(value, ['expect'], EXPECT_KEYS);
  const least = expect['min_available'];
  const isNumber = typeof least === 'number';
  const path = ['expect', 'min_available'];
  const named = isNumber ? {} : reader.mapping(least, path);
  const counts = Object.entries(named).map(
    ([name, count]) => [name, reader.count(count ?? '', [...path, name]) ?? 0] as const,
  );
  return {
    minAvailable: new Map(counts),
    minAvailableOfAll: isNumber ? reader.count(least, path) : undefined,
    convergesWithinMs: reader.duration(expect['converges_within'], ['expect', 'converges_within']),
  };
}
