import type { Node } from '../../src/swarm/node.ts';
import type { Service } from '../../src/swarm/service.ts';
import { isTerminal } from '../../src/swarm/task-state.ts';
import type { Task } from '../../src/swarm/task.ts';

/** Where one service stands, as far as it is determined: ties and times are left out. */
export interface Snapshot {
  /** Tasks that run and are meant to, by node; for ties only how many nodes have how many. */
  readonly placement: readonly string[];
  /** Number of tasks that are wanted, by observed and desired state. */
  readonly states: Readonly<Record<string, number>>;
  /** Errors of tasks that wait, with their number. */
  readonly pending: Readonly<Record<string, number>>;
  readonly update: string;
  /** Tasks on record per slot or node, in descending order; and how they ended. */
  readonly history: readonly string[];
}

/** What the scenario says of placement: a node by name where one is meant, else a multiset. */
export interface SnapshotOptions {
  readonly nodes: readonly Node[];
  /** `name`: it matters which node it is; `set`: which one is a tie; `total`: how many is, too. */
  readonly by: 'name' | 'set' | 'total';
}

export function toSnapshot(
  service: Service | undefined,
  tasks: readonly Task[],
  options: SnapshotOptions,
): Snapshot {
  const wanted = tasks.filter((task) => isWanted(task));
  return {
    placement: placementOf(tasks, options),
    states: countBy(wanted, (task) => `${task.Status.State}/${task.DesiredState}`),
    pending: countBy(
      wanted.filter((task) => task.Status.State === 'pending'),
      (task) => task.Status.Err ?? '',
    ),
    update: updateOf(service),
    history: historyOf(tasks),
  };
}

function isWanted({ DesiredState, Status }: Task): boolean {
  if (DesiredState === 'running' || DesiredState === 'ready') return true;
  return DesiredState === 'complete' && Status.State !== 'shutdown';
}

function placementOf(tasks: readonly Task[], { nodes, by }: SnapshotOptions): string[] {
  const running = tasks.filter(
    (task) => task.Status.State === 'running' && task.DesiredState === 'running',
  );
  const counts = nodes.map(({ ID, Description }) => ({
    name: Description.Hostname ?? ID,
    count: running.filter((task) => task.NodeID === ID).length,
  }));
  if (by === 'total') return [`${running.length} in all`];
  if (by === 'name') return counts.map(({ name, count }) => `${name}: ${count}`).sort();
  return counts.map(({ count }) => String(count)).sort();
}

function updateOf(service: Service | undefined): string {
  const { State, Message, StartedAt, CompletedAt } = service?.UpdateStatus ?? {};
  if (State === undefined) return 'none';
  const message = (Message ?? '').replace(/\b[0-9a-z]{25}\b/g, '<task>');
  const times = [StartedAt && 'started', CompletedAt && 'completed'].filter(Boolean).join(' ');
  return `${State}: ${message} (${times})`;
}

/** The order of slots is not determined; within a slot it is that of creation. */
function historyOf(tasks: readonly Task[]): string[] {
  const bySlot = new Map<string, Task[]>();
  for (const task of tasks.toSorted((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : 1))) {
    const key = task.Slot === undefined ? `node ${task.NodeID}` : `slot ${task.Slot}`;
    bySlot.set(key, [...(bySlot.get(key) ?? []), task]);
  }
  return [...bySlot.values()].map((slot) => slot.map(endOf).join(', ')).sort();
}

function endOf({ Status, DesiredState }: Task): string {
  const code = isTerminal(Status.State) ? Status.ContainerStatus?.ExitCode : undefined;
  const exit = Status.State === 'failed' || Status.State === 'complete' ? ` ${code ?? 0}` : '';
  return `${Status.State}${exit}/${DesiredState}`;
}

function countBy(tasks: readonly Task[], keyOf: (task: Task) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const key of tasks.map(keyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
