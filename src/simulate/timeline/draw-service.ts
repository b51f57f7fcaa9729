import { formatMs, type ServiceOutcome } from '../report.ts';
import type { CapacityPoint, ServiceHistory } from '../history.ts';
import { escapeText, shorten } from './escape.ts';
import { endSign, px, rectangle, stack, textAt, wordOf, type Section } from './shapes.ts';
import { SPEC_COLOURS } from './style.ts';
import { toLanes, type Bar, type Lane, type LostTimes, type TaskBars } from './task-bars.ts';
import type { TimeAxis } from './time-axis.ts';

const CURVE_HEIGHT = 34;
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
  const { history, axis, expected, outcome, endedAt } = drawing;
  const { capacity } = history;
  const top = Math.max(
    1,
    expected ?? 0,
    ...capacity.map((one) => Math.max(one.wanted, one.available)),
  );
  const bottom = CURVE_HEIGHT - 4;
  const y = (count: number): number => bottom - (count / top) * (bottom - 6);
  const line = (of: (point: CapacityPoint) => number): string =>
    capacity
      .map((point, at) => {
        const height = px(y(of(point)));
        const x = px(axis.x(point.at));
        return at === 0 ? `M${x} ${height}` : `H${x}V${height}`;
      })
      .concat(`H${px(axis.x(endedAt))}`)
      .join('');
  const isShort = outcome?.shortfall !== undefined;
  const isUnder = expected !== undefined && (outcome?.leastAvailable ?? 0) < expected;
  const body = [
    textAt([8, 14], shorten(history.name, LABEL_LENGTH), { look: 'b' }),
    textAt([8, 27], summary(drawing), { look: isShort || isUnder ? 's bad' : 's m' }),
  ];
  if (capacity.length > 0) {
    const first = px(axis.x(capacity[0]?.at ?? 0));
    const edge = line((point) => point.available);
    body.push(
      `<path class="area" d="M${first} ${bottom}${edge.replace('M', 'L')}V${bottom}Z"/>`,
      `<path class="edge" d="${edge}"/>`,
      `<path class="wanted" d="${line((point) => point.wanted)}"/>`,
    );
  }
  if (expected !== undefined) {
    const at = px(y(expected));
    body.push(
      `<line class="least" x1="${px(axis.left)}" x2="${px(axis.right)}" y1="${at}" y2="${at}"/>`,
      textAt([axis.right + 6, y(expected) + 3], `min ${expected}`, { look: 's bad' }),
    );
  }
  const end = capacity.at(-1);
  const isClear = expected === undefined || Math.abs(y(expected) - y(end?.available ?? 0)) > 9;
  if (end && isClear) {
    body.push(textAt([axis.right + 6, y(end.available) + 4], String(end.available), { look: 's' }));
  }
  return { height: CURVE_HEIGHT, body: body.join('') };
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
