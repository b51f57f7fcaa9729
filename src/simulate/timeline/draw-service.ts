import { formatMs, type ServiceOutcome } from '../report.ts';
import type { CapacityPoint, ServiceHistory } from '../history.ts';
import { escapeText, shorten } from './escape.ts';
import { endSign, px, rectangle, stack, textAt, wordOf, type Section } from './shapes.ts';
import { SPEC_COLOURS } from './style.ts';
import { toLanes, type Bar, type Lane, type LostTimes, type TaskBars } from './task-bars.ts';
import type { TimeAxis } from './time-axis.ts';

const CURVE_HEIGHT = 34;
const CURVE_BOTTOM = CURVE_HEIGHT - 4;
const LANE_HEIGHT = 15;
const ROW_HEIGHT = 12;
const LABEL_LENGTH = 24;
/** Width of a letter on a bar. */
const LETTER = 5.4;

/** What a service's part of the drawing needs. */
export interface ServiceDrawing {
  readonly history: ServiceHistory;
  readonly outcome: ServiceOutcome | undefined;
  /** Least available tasks that were expected. */
  readonly expected?: number | undefined;
  readonly lost: LostTimes;
  readonly endedAt: number;
  readonly axis: TimeAxis;
  /** Draws a lane per slot; else only the curve. */
  readonly withLanes: boolean;
}

/** Number of lanes a service would take. */
export function countLanes({ tasks }: ServiceHistory): number {
  return new Set(tasks.map((task) => task.slot)).size;
}

/** A service: its curve of running tasks, and a lane for each slot. */
export function drawService(drawing: ServiceDrawing): Section & { readonly label: string } {
  const { history, lost, endedAt, axis, withLanes } = drawing;
  const lanes = withLanes ? toLanes(history.tasks, lost, endedAt) : [];
  const parts = [
    drawCurve(drawing),
    ...lanes.map((lane) => drawLane(lane, axis)),
    { height: 12, body: '' },
  ];
  return { ...stack(parts), label: `service ${history.name}: ${summary(drawing)}` };
}

function summary({ history, outcome, expected }: ServiceDrawing): string {
  if (!outcome) return 'removed';
  const { available, wanted, leastAvailable } = outcome;
  if (history.isJob) return `job, ${outcome.shortfall ?? 'complete'}`;
  const least = leastAvailable === undefined ? '' : `, least ${leastAvailable}`;
  const wish = expected === undefined ? '' : `, expected ${expected}`;
  return `${available}/${wanted} run${least}${wish}`;
}

function drawCurve(drawing: ServiceDrawing): Section {
  const { history, expected, outcome } = drawing;
  const isUnder = expected !== undefined && (outcome?.leastAvailable ?? 0) < expected;
  const isBad = outcome?.shortfall !== undefined || isUnder;
  const body = [
    textAt([8, 14], shorten(history.name, LABEL_LENGTH), { look: 'b' }),
    textAt([8, 27], summary(drawing), { look: isBad ? 's bad' : 's m' }),
    drawSteps(drawing),
    drawMarks(drawing),
  ];
  return { height: CURVE_HEIGHT, body: body.join('') };
}

/** Where a number of tasks stands within the curve. */
function heightOf({ history: { capacity }, expected }: ServiceDrawing, count: number): number {
  const counts = capacity.map((one) => Math.max(one.wanted, one.available));
  const top = Math.max(1, expected ?? 0, ...counts);
  return CURVE_BOTTOM - (count / top) * (CURVE_BOTTOM - 6);
}

/** What runs, as an area; what is wanted, as a line. */
function drawSteps(drawing: ServiceDrawing): string {
  const { history, axis, endedAt } = drawing;
  const { capacity } = history;
  const [first] = capacity;
  if (!first) return '';
  const line = (of: (point: CapacityPoint) => number): string =>
    capacity
      .map((point, at) => {
        const height = px(heightOf(drawing, of(point)));
        const x = px(axis.x(point.at));
        return at === 0 ? `${x} ${height}` : `H${x}V${height}`;
      })
      .concat(`H${px(axis.x(endedAt))}`)
      .join('');
  const edge = line((point) => point.available);
  const start = `M${px(axis.x(first.at))} ${CURVE_BOTTOM}`;
  return [
    `<path class="area" d="${start}L${edge}V${CURVE_BOTTOM}Z"/>`,
    `<path class="edge" d="M${edge}"/>`,
    `<path class="wanted" d="M${line((point) => point.wanted)}"/>`,
  ].join('');
}

/** What was expected at least, and what runs at the end. */
function drawMarks(drawing: ServiceDrawing): string {
  const { history, axis, expected } = drawing;
  const marks: string[] = [];
  const limit = expected === undefined ? -Infinity : heightOf(drawing, expected);
  if (expected !== undefined) {
    const at = px(limit);
    marks.push(
      `<line class="least" x1="${px(axis.left)}" x2="${px(axis.right)}" y1="${at}" y2="${at}"/>`,
      textAt([axis.right + 6, limit + 3], `min ${expected}`, { look: 's bad' }),
    );
  }
  const end = history.capacity.at(-1);
  const last = heightOf(drawing, end?.available ?? 0);
  if (end && Math.abs(limit - last) > 9) {
    marks.push(textAt([axis.right + 6, last + 4], String(end.available), { look: 's' }));
  }
  return marks.join('');
}

function drawLane(lane: Lane, axis: TimeAxis): Section {
  const height = lane.rows === 1 ? LANE_HEIGHT : lane.rows * ROW_HEIGHT + 3;
  const label = shorten(lane.slot, LABEL_LENGTH);
  const bars = lane.tasks.map((task) => drawTask(task, axis, task.row * ROW_HEIGHT + 1)).join('');
  const name = textAt([axis.left - 10, height / 2 + 4], label, { look: 's m', anchor: 'end' });
  return { height, body: name + bars };
}

function drawTask({ task, bars, end }: TaskBars, axis: TimeAxis, y: number): string {
  const where = task.node === undefined ? '' : ` on ${task.node}`;
  const drawn = bars.map((bar) => {
    const x = axis.x(bar.from);
    const width = Math.max(axis.x(bar.to) - x, 1.5);
    const note = bar.note === undefined ? '' : `: ${bar.note}`;
    const time = `+${formatMs(bar.from)} to +${formatMs(bar.to)}`;
    const tip = `${task.name}${where}, ${wordOf(bar.look)}, ${time}${note}`;
    const box = { x, y, width, height: ROW_HEIGHT - 1 };
    return rectangle(box, lookOf(bar, task.spec), { tip, radius: 2 }) + barText(bar, task, box);
  });
  if (!end) return drawn.join('');
  const note = end.note === undefined ? '' : `: ${end.note}`;
  const tip = `${task.name}${where}, ${wordOf(end.look)} at +${formatMs(end.at)}${note}`;
  const sign = endSign(end.look, axis.x(end.at) + 1, y + (ROW_HEIGHT - 1) / 2);
  return `${drawn.join('')}<g><title>${escapeText(tip)}</title>${sign}</g>`;
}

function lookOf({ look }: Bar, spec: number): string {
  return look === 'running' ? `r${((spec - 1) % SPEC_COLOURS) + 1}` : look;
}

/** The node's name, and the number of the spec when it is not the first. */
function barText(
  { look }: Bar,
  { node, spec }: TaskBars['task'],
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): string {
  if (look === 'lost' && width > 30)
    return textAt([x + 4, y + height - 2.5], 'lost', { look: 's bad' });
  if (look !== 'running' || node === undefined) return '';
  const text = spec === 1 ? node : `${node} · v${spec}`;
  const room = Math.floor((width - 8) / LETTER);
  if (room < Math.min(text.length, 3)) return '';
  return textAt([x + 4, y + height - 2.5], shorten(text, room), { look: 'on' });
}
