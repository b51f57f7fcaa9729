import { formatMs } from '../report.ts';
import type { Phase } from '../observer.ts';
import { shorten } from './escape.ts';
import { endSign, px, rectangle, textAt, type Section } from './shapes.ts';
import type { TimeAxis } from './time-axis.ts';

const LETTER = 6.1;
const FLAG_HEIGHT = 17;
const LONGEST_FLAG = 42;

/** The events as flags above the time, as many rows of them as it takes, and the times below. */
export function drawEvents(phases: readonly Phase[], axis: TimeAxis): Section {
  /** Where each row of flags ends. */
  const rows: number[] = [];
  const flags = phases.slice(1).map(({ cause, at }) => {
    const text = `${shorten(cause, LONGEST_FLAG)}  +${formatMs(at)}`;
    const width = text.length * LETTER + 10;
    const x = Math.min(axis.x(at), axis.right + 60 - width);
    const free = rows.findIndex((end) => end < x);
    const row = free >= 0 ? free : rows.length;
    rows[row] = x + width + 4;
    return { text, width, x, row, at };
  });
  const height = rows.length * (FLAG_HEIGHT + 3) + 6;
  const body = flags.map(({ text, width, x, row, at }) => {
    const y = row * (FLAG_HEIGHT + 3);
    const line = px(axis.x(at));
    const stem = `<line class="event" x1="${line}" x2="${line}" y1="${y + FLAG_HEIGHT}" y2="${height}"/>`;
    const flag = rectangle({ x, y, width, height: FLAG_HEIGHT }, 'flag', { radius: 3 });
    return stem + flag + textAt([x + 5, y + 12], text);
  });
  return { height, body: body.join('') };
}

/** When all services were as declared: a strip from event to event. */
export function drawPhases(phases: readonly Phase[], endedAt: number, axis: TimeAxis): Section {
  const bars = phases.map(({ cause, at, convergedAfter }, index) => {
    const to = phases[index + 1]?.at ?? endedAt;
    const turn = convergedAfter === undefined ? to : at + convergedAfter;
    const never = convergedAfter === undefined ? 'not as declared' : formatMs(convergedAfter);
    const tip = `${cause}: ${convergedAfter === undefined ? never : `as declared after ${never}`}`;
    return (
      bar([at, turn], 'notyet', { axis, tip, text: never }) +
      bar([turn, to], 'ok', { axis, tip, text: 'as declared' })
    );
  });
  const name = textAt([8, 13], 'all as declared', { look: 'b' });
  return { height: 26, body: name + bars.join('') };
}

function bar(
  [from, to]: readonly [number, number],
  look: string,
  { axis, tip, text }: { readonly axis: TimeAxis; readonly tip: string; readonly text: string },
): string {
  if (to <= from) return '';
  const x = axis.x(from);
  const width = axis.x(to) - x;
  const shape = rectangle({ x, y: 2, width, height: 15 }, look, { tip, radius: 2 });
  if (width < text.length * LETTER + 8) {
    return look === 'ok' && width > 14 ? shape + endSign('complete', x + width / 2, 9.5) : shape;
  }
  // On stripes a text needs a ground of its own.
  const ground = { x: x + 3, y: 4, width: text.length * 5.8 + 6, height: 11 };
  const under = look === 'notyet' ? rectangle(ground, 'bg', { radius: 2 }) : '';
  return shape + under + textAt([x + 6, 13.5], text, { look: 's' });
}

/** Times along the top of the lanes. */
export function drawTicks(axis: TimeAxis): Section {
  const ticks = axis.ticks.map(({ at, x }) =>
    textAt([x, 12], at === 0 ? '0' : `+${formatMs(at)}`, { look: 's m', anchor: 'middle' }),
  );
  return { height: 18, body: ticks.join('') };
}

/** What lies behind all lanes: lines at the times, quiet stretches, and the events. */
export function drawGround(
  { axis, phases }: { readonly axis: TimeAxis; readonly phases: readonly Phase[] },
  [top, bottom]: readonly [number, number],
): string {
  const line = (x: number, look: string): string =>
    `<line class="${look}" x1="${px(x)}" x2="${px(x)}" y1="${px(top)}" y2="${px(bottom)}"/>`;
  const gaps = axis.breaks.map(({ from, to, x1, x2 }) => {
    const box = { x: x1 + 2, y: top, width: x2 - x1 - 4, height: bottom - top };
    return rectangle(box, 'gap', { tip: `nothing happens for ${formatMs(to - from)}` });
  });
  return [
    ...axis.ticks.map(({ x }) => line(x, 'grid')),
    ...gaps,
    ...phases.slice(1).map(({ at }) => line(axis.x(at), 'event')),
  ].join('');
}

/** Over the lanes, how long the quiet stretches are. */
export function drawBreakLabels(axis: TimeAxis): Section {
  const labels = axis.breaks.map(({ from, to, x1, x2 }) =>
    textAt([(x1 + x2) / 2, 10], `${formatMs(roughly(to - from))} quiet`, {
      look: 's m',
      anchor: 'middle',
    }),
  );
  return { height: labels.length === 0 ? 0 : 14, body: labels.join('') };
}

/** To the second when it is longer than ten. */
function roughly(ms: number): number {
  return ms < 10_000 ? ms : Math.round(ms / 1000) * 1000;
}
