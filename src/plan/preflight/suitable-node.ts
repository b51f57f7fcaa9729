import { courseOf } from '../../orchestrator/scheduler/courses.ts';
import {
  explainNodes,
  nextSteps,
  type NodeVerdict,
} from '../../orchestrator/scheduler/explain-nodes.ts';
import type { NodeSet } from '../../orchestrator/scheduler/node-set.ts';
import {
  servicesById,
  toBookings,
  toSchedulable,
} from '../../orchestrator/scheduler/observed-cluster.ts';
import type { StackSpec } from '../../stack/stack-spec.ts';
import type { TaskId } from '../../swarm/object.ts';
import { formatPlace } from '../field-place.ts';
import { withoutRemoved } from '../predict-plan.ts';
import type { TaskChange } from '../predict-changes.ts';
import { isDescribed } from './described-node.ts';
import type { Finding, PreflightFacts, PreflightRule } from './preflight-rule.ts';

/** Nodes named before the rest is only counted. */
const MANY_NODES = 5;

/** The field of a service that each filter looks at. */
const FIELDS: Readonly<Record<string, string>> = {
  constraint: 'TaskTemplate.Placement.Constraints',
  'max-replicas': 'TaskTemplate.Placement.MaxReplicas',
  platform: 'TaskTemplate.ContainerSpec.Image',
  resources: 'TaskTemplate.Resources.Reservations',
  'host-port': 'EndpointSpec.Ports',
  plugin: 'TaskTemplate.ContainerSpec.Mounts',
  volumes: 'TaskTemplate.ContainerSpec.Mounts',
};

/**
 * A service of which no node can take a single task, as things are.
 *
 * The scheduler's own filters on the snapshot. Tasks that an update stops first have made room.
 * Certain only where every node has been described by its agent: see {@link isDescribed}.
 */
export const suitableNode: PreflightRule = {
  name: 'suitable-node',
  check(facts) {
    const { cluster, plan, changes, spec } = facts;
    if (cluster.nodes.length === 0 || !cluster.nodes.every(isDescribed)) return [];
    const bookings = bookingsOf(facts);
    const { nodes } = courseOf({ nodes: cluster.nodes.map(toSchedulable), bookings }, 0);
    const held = new Map(bookings);
    const names = new Map<string, string>(
      cluster.nodes.map(({ ID, Description }) => [ID, Description.Hostname || ID]),
    );
    const operations = new Set(plan.operations.map(({ name }) => name));
    return changes
      .filter((one) => operations.has(one.name) && one.added.length + one.update.slots.length > 0)
      .flatMap((change): readonly Finding[] => {
        const { order } = change.update.config;
        const verdicts = verdictsFor(nodes, change, { held, order });
        if (isPlaceable(verdicts)) return [];
        const isTooEarly =
          order === 'start-first' &&
          isPlaceable(verdictsFor(nodes, change, { held, order: 'stop-first' }));
        const refusal = refusalOf(change, { verdicts, names, spec, isTooEarly });
        return [{ kind: 'refusal', refusal }];
      });
  },
};

type Bookings = ReturnType<typeof toBookings>;

function bookingsOf({ cluster, plan, changes }: PreflightFacts): Bookings {
  return toBookings(withoutRemoved(cluster, plan, changes).tasks, servicesById(cluster));
}

/** What every node says, while tasks that stop before their successors are out of the way. */
function verdictsFor(
  nodes: NodeSet,
  { request, update, added }: TaskChange,
  context: { readonly held: ReadonlyMap<TaskId, Bookings[number][1]>; readonly order: Order },
): readonly NodeVerdict[] {
  const leaving = context.order === 'stop-first' ? update.slots.flatMap(({ old }) => old) : [];
  for (const task of leaving) nodes.release(task);
  const bound = new Set([...added, ...update.slots].map(({ node }) => node));
  const verdicts = explainNodes(nodes, request).filter(
    ({ node }) => bound.has(undefined) || bound.has(node),
  );
  for (const task of leaving) {
    const booking = context.held.get(task);
    if (booking) nodes.book(task, booking);
  }
  return verdicts;
}

type Order = TaskChange['update']['config']['order'];

function isPlaceable(verdicts: readonly NodeVerdict[]): boolean {
  return verdicts.some(({ kind }) => kind === 'suits');
}

function refusalOf(
  { name }: TaskChange,
  context: {
    readonly verdicts: readonly NodeVerdict[];
    readonly names: ReadonlyMap<string, string>;
    readonly spec: StackSpec;
    /** Whether there is room as soon as the old tasks have stopped. */
    readonly isTooEarly: boolean;
  },
): Extract<Finding, { kind: 'refusal' }>['refusal'] {
  const { verdicts, names, spec, isTooEarly } = context;
  const refused = verdicts.flatMap((one) => (one.kind === 'refused' ? [one] : []));
  const shown = refused
    .slice(0, MANY_NODES)
    .map(({ node, filter, shortfall, also }) =>
      [
        `\n  ${names.get(node) ?? node}: ${filter}: ${shortfall}`,
        ...also.map((one) => `${one.filter}: ${one.shortfall}`),
      ].join('; '),
    );
  const more = refused.length - shown.length;
  const place = formatPlace(spec, name, FIELDS[refused[0]?.filter ?? '']);
  const step = isTooEarly
    ? 'set update_config.order to stop-first: old tasks then make room first'
    : nextSteps(verdicts)[0];
  return {
    code: 'no-suitable-node',
    subject: name,
    message: `${place}service ${name}: no node can take its tasks${shown.join('')}${more > 0 ? `\n  … and ${more} more nodes` : ''}`,
    hint: `${step ?? 'add a node'}; or deploy all the same with --force, and its tasks wait`,
    isOverridable: true,
  };
}
