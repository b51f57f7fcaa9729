import { isTerminal, taskStateRank, type TaskState } from '../../swarm/task-state.ts';
import type { NodeHistory, TaskHistory } from '../history.ts';

/** How a stretch of a task's life looks. */
export type BarLook = 'waiting' | 'starting' | 'running' | 'stopping' | 'lost';

/** How a task ended. */
export type EndLook = 'complete' | 'failed' | 'stopped' | 'orphaned';

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly look: BarLook;
  /** Why it waits. */
  readonly note?: string | undefined;
}

/** One task as it is drawn. */
export interface TaskBars {
  readonly task: TaskHistory;
  /** Never empty, without gaps. */
  readonly bars: readonly Bar[];
  readonly end?: {
    readonly at: number;
    readonly look: EndLook;
    readonly note?: string | undefined;
  };
  /** Row within its lane, from 0. */
  readonly row: number;
}

/** One slot's tasks. */
export interface Lane {
  readonly slot: string;
  readonly tasks: readonly TaskBars[];
  readonly rows: number;
}

/** From when to when nodes were lost, by name. */
export type LostTimes = ReadonlyMap<string, readonly (readonly [from: number, to: number])[]>;

/** The stretches in which nodes were gone although the cluster may not have known. */
export function lostTimesOf(nodes: readonly NodeHistory[], endedAt: number): LostTimes {
  return new Map(
    nodes.map(({ name, states }) => [
      name,
      states.flatMap(({ at, state }, index): (readonly [number, number])[] =>
        state.startsWith('lost') ? [[at, states[index + 1]?.at ?? endedAt]] : [],
      ),
    ]),
  );
}

/** The lanes of a service, by slot; tasks that live at once stand in rows below each other. */
export function toLanes(
  tasks: readonly TaskHistory[],
  lost: LostTimes,
  endedAt: number,
): readonly Lane[] {
  const bySlot = new Map<string, TaskHistory[]>();
  for (const task of tasks) {
    const lane = bySlot.get(task.slot) ?? [];
    lane.push(task);
    bySlot.set(task.slot, lane);
  }
  const collator = new Intl.Collator('en', { numeric: true });
  return [...bySlot]
    .sort(([a], [b]) => collator.compare(a, b))
    .map(([slot, list]) => toLane(slot, list, { lost, endedAt }));
}

function toLane(
  slot: string,
  list: readonly TaskHistory[],
  { lost, endedAt }: { readonly lost: LostTimes; readonly endedAt: number },
): Lane {
  /** When each row is free again. */
  const rows: number[] = [];
  const tasks = list.map((task): TaskBars => {
    const { bars, end } = toBars(task, lost.get(task.node ?? '') ?? [], endedAt);
    const from = bars[0]?.from ?? 0;
    const free = rows.findIndex((until) => until <= from);
    const row = free >= 0 ? free : rows.length;
    rows[row] = bars.at(-1)?.to ?? from;
    return { task, bars, row, ...(end && { end }) };
  });
  return { slot, tasks, rows: Math.max(rows.length, 1) };
}

function toBars(
  { moments }: TaskHistory,
  lost: readonly (readonly [number, number])[],
  endedAt: number,
): Pick<TaskBars, 'bars' | 'end'> {
  const bars: Bar[] = [];
  for (const [index, { at, state, desired, note }] of moments.entries()) {
    if (isTerminal(state)) {
      if (bars.length === 0) bars.push({ from: at, to: at, look: 'waiting' });
      const end = { at, look: endLook(state), note };
      return { bars: withLost(bars, lost), end };
    }
    const to = moments[index + 1]?.at ?? endedAt;
    const look = barLook(state, desired);
    const why = look === 'waiting' ? note : undefined;
    const last = bars.at(-1);
    if (last?.look === look && last.note === why) bars[bars.length - 1] = { ...last, to };
    else if (to > at || index + 1 === moments.length) bars.push({ from: at, to, look, note: why });
  }
  return { bars: withLost(bars, lost) };
}

/** Neighbours that look the same become one. */
function withLost(bars: readonly Bar[], lost: readonly (readonly [number, number])[]): Bar[] {
  const joined: Bar[] = [];
  for (const bar of bars.flatMap((one) => cutLost(one, lost))) {
    const last = joined.at(-1);
    if (last?.look === bar.look && last.note === bar.note) {
      joined[joined.length - 1] = { ...last, to: bar.to };
    } else joined.push(bar);
  }
  return joined;
}

function barLook(state: TaskState, desired: TaskState): BarLook {
  if (taskStateRank(desired) >= taskStateRank('shutdown')) return 'stopping';
  if (taskStateRank(state) < taskStateRank('assigned')) return 'waiting';
  return state === 'running' ? 'running' : 'starting';
}

function endLook(state: TaskState): EndLook {
  if (state === 'complete') return 'complete';
  if (state === 'failed' || state === 'rejected') return 'failed';
  return state === 'orphaned' ? 'orphaned' : 'stopped';
}

/** What runs on a lost node runs in name only. */
function cutLost(bar: Bar, lost: readonly (readonly [number, number])[]): Bar[] {
  if (bar.look !== 'running' && bar.look !== 'stopping') return [bar];
  const pieces: Bar[] = [];
  let from = bar.from;
  for (const [lostFrom, lostTo] of lost) {
    if (lostTo <= from || lostFrom >= bar.to) continue;
    if (lostFrom > from) pieces.push({ ...bar, from, to: lostFrom });
    const to = Math.min(lostTo, bar.to);
    pieces.push({ ...bar, from: Math.max(from, lostFrom), to, look: 'lost' });
    from = to;
  }
  return from < bar.to || pieces.length === 0 ? [...pieces, { ...bar, from }] : pieces;
}
