import { isTerminal } from '../../../src/swarm/task-state.ts';
import type { Driver } from './driver.ts';
import type { Record as TaskRecord } from './recorder.ts';
import type { Step } from './scenario.ts';

interface Interval {
  readonly slot: string;
  readonly isNew: boolean;
  readonly start: number;
  /** Infinity while it runs. */
  readonly end: number;
}

/** How running tasks overlapped since a mark, and in which order slots were replaced. */
export function ordering(step: Step, driver: Driver): unknown {
  const mark = driver.marks.get(step.from ?? '') ?? 0;
  const intervals = intervalsOf(driver.recordsOf(step.service ?? ''), mark);
  const { base, least, most } = extremes(intervals, mark);
  const bySlot = new Map<string, Interval[]>();
  for (const one of intervals) bySlot.set(one.slot, [...(bySlot.get(one.slot) ?? []), one]);
  const orders = [...bySlot.values()].map(orderOf).filter((one) => one !== undefined);
  const starts = intervals
    .filter((one) => one.isNew)
    .map((one) => one.start)
    .sort((a, b) => a - b);
  const gaps = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
  return {
    maxDown: base - least,
    maxExtra: most - base,
    orders: [...new Set(orders)].sort(),
    replacedSlots: orders.length,
    ...(step.gap && { minGapMs: gaps.length === 0 ? null : Math.min(...gaps) }),
  };
}

/** Most tasks of a service running at one moment. */
export function maxRunning(step: Step, driver: Driver): unknown {
  const intervals = intervalsOf(driver.recordsOf(step.service ?? ''), 0);
  return { maxRunning: extremes(intervals, 0).most };
}

function intervalsOf(records: readonly TaskRecord[], mark: number): readonly Interval[] {
  return records.flatMap((record) => {
    const start = record.states.find((seen) => seen.state === 'running')?.at;
    if (start === undefined) return [];
    const end = record.states.find((seen) => isTerminal(seen.state))?.at ?? Infinity;
    const node = record.states.find((seen) => seen.node !== '')?.node ?? '';
    const isNew = record.created >= mark - 1;
    return [{ slot: record.slot ? String(record.slot) : node, isNew, start, end }];
  });
}

/** The number running at the mark, and the least and most from then on. */
function extremes(
  intervals: readonly Interval[],
  mark: number,
): { readonly base: number; readonly least: number; readonly most: number } {
  const edges = intervals.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    ...(end === Infinity ? [] : [{ at: end, by: -1 }]),
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  const base = edges.filter((edge) => edge.at < mark).reduce((sum, edge) => sum + edge.by, 0);
  let running = base;
  let [least, most] = [base, base];
  for (const edge of edges.filter((one) => one.at >= mark)) {
    running += edge.by;
    least = Math.min(least, running);
    most = Math.max(most, running);
  }
  return { base, least, most };
}

/** Whether a slot's new task ran before its old one had ended; undefined if it was not replaced. */
function orderOf(slot: readonly Interval[]): string | undefined {
  const old = slot.filter((one) => !one.isNew).sort((a, b) => b.start - a.start)[0];
  const fresh = slot.filter((one) => one.isNew).sort((a, b) => a.start - b.start)[0];
  if (!old || !fresh) return undefined;
  return fresh.start >= old.end ? 'stop-first' : 'start-first';
}
