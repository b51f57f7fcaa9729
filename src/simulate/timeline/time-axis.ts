/** A stretch of time in which nothing happened, drawn narrow. */
export interface Break {
  readonly from: number;
  readonly to: number;
  /** Left and right edge. */
  readonly x1: number;
  readonly x2: number;
}

export interface Tick {
  readonly at: number;
  readonly x: number;
}

/** Where instants (ms after the start) stand on the drawing. */
export interface TimeAxis {
  readonly x: (at: number) => number;
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly Tick[];
  readonly breaks: readonly Break[];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly isQuiet: boolean;
}

/** Width of a quiet stretch, and least distance of two ticks. */
const BREAK_WIDTH = 34;
const TICK_DISTANCE = 74;
/** At most so many quiet stretches, so that they never fill the drawing. */
const MAX_BREAKS = 8;

/**
 * An axis that is linear where something happens and skips what is quiet.
 * @param instants - when something happens, ms; any order
 */
export function createTimeAxis(
  instants: Iterable<number>,
  endedAt: number,
  [left, right]: readonly [left: number, right: number],
): TimeAxis {
  const stretches = toStretches([...new Set([0, ...instants, endedAt])].sort((a, b) => a - b));
  const quiet = stretches.filter((one) => one.isQuiet).length;
  const busyMs = stretches.reduce((sum, one) => sum + (one.isQuiet ? 0 : one.to - one.from), 0);
  const scale = (right - left - quiet * BREAK_WIDTH) / Math.max(busyMs, 1);
  let at = left;
  const placed = stretches.map((one) => {
    const x1 = at;
    at += one.isQuiet ? BREAK_WIDTH : (one.to - one.from) * scale;
    return { ...one, x1, x2: at };
  });
  const x = (instant: number): number => {
    const one = placed.find((stretch) => instant <= stretch.to) ?? placed.at(-1);
    if (!one) return left;
    const share = (instant - one.from) / Math.max(one.to - one.from, 1);
    return one.x1 + Math.min(Math.max(share, 0), 1) * (one.x2 - one.x1);
  };
  const breaks = placed.filter((one) => one.isQuiet);
  return { x, left, right, ticks: toTicks(placed, TICK_DISTANCE / scale), breaks };
}

/** Gaps that take more than their share of the time are quiet; their edges keep a breath. */
function toStretches(instants: readonly number[]): readonly Stretch[] {
  const end = instants.at(-1) ?? 0;
  const gaps = instants
    .slice(1)
    .map((to, index) => ({ from: instants[index] ?? 0, to }))
    .filter(({ from, to }) => to - from >= 5000)
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  const quiet: { from: number; to: number }[] = [];
  let busy = end;
  for (const { from, to } of gaps) {
    const length = to - from;
    if (quiet.length >= MAX_BREAKS || length < busy / 10) break;
    const edge = Math.min(1000, length / 10);
    quiet.push({ from: from + edge, to: to - edge });
    busy -= length - 2 * edge;
  }
  quiet.sort((a, b) => a.from - b.from);
  const stretches: Stretch[] = [];
  let at = 0;
  for (const { from, to } of quiet) {
    stretches.push({ from: at, to: from, isQuiet: false }, { from, to, isQuiet: true });
    at = to;
  }
  return [...stretches, { from: at, to: Math.max(end, at), isQuiet: false }];
}

/** Steps that people count in, ms. */
const STEPS = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000,
];

interface PlacedStretch extends Stretch {
  readonly x1: number;
  readonly x2: number;
}

function toTicks(stretches: readonly PlacedStretch[], leastMs: number): readonly Tick[] {
  const step = STEPS.find((one) => one >= leastMs) ?? Math.ceil(leastMs / 86_400_000) * 86_400_000;
  const ticks: Tick[] = [];
  for (const { from, to, isQuiet, x1, x2 } of stretches) {
    if (isQuiet) continue;
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = x1 + ((at - from) / Math.max(to - from, 1)) * (x2 - x1);
      if (x - (ticks.at(-1)?.x ?? -Infinity) >= TICK_DISTANCE * 0.7) ticks.push({ at, x });
    }
  }
  return ticks;
}
