import { formatMs, type NodeOutcome } from '../report.ts';
import type { NodeHistory } from '../history.ts';
import { shorten } from './escape.ts';
import { rectangle, textAt, type Section } from './shapes.ts';
import type { TimeAxis } from './time-axis.ts';

const LANE_HEIGHT = 18;
const LABEL_LENGTH = 24;
const LETTER = 5.6;

/** One node: what it was, over time. */
export function drawNode(
  { name, states }: NodeHistory,
  outcome: NodeOutcome | undefined,
  { axis, endedAt }: { readonly axis: TimeAxis; readonly endedAt: number },
): Section & { readonly label: string } {
  const bars = states.map(({ at, state }, index) => {
    const to = states[index + 1]?.at ?? endedAt;
    if (state === 'removed') return '';
    const x = axis.x(at);
    const width = Math.max(axis.x(to) - x, 1.5);
    const tip = `${name}: ${state}, +${formatMs(at)} to +${formatMs(to)}`;
    const bar = rectangle({ x, y: 2, width, height: 13 }, lookOf(state), { tip, radius: 2 });
    const fits = width > state.length * LETTER + 8;
    return fits ? bar + textAt([x + 5, 12.5], state, { look: 's' }) : bar;
  });
  const tasks = outcome ? `${outcome.tasks} task${outcome.tasks === 1 ? '' : 's'}` : 'removed';
  const body = [
    textAt([axis.left - 10, 13], shorten(name, LABEL_LENGTH), { look: 's', anchor: 'end' }),
    ...bars,
    textAt([axis.right + 6, 13], tasks, { look: 's m' }),
  ];
  const words = states.map(({ at, state }) => `${state} from +${formatMs(at)}`).join(', ');
  return { height: LANE_HEIGHT, body: body.join(''), label: `node ${name}: ${words}` };
}

/** Takes tasks, takes none, or is gone. */
function lookOf(state: string): string {
  if (state === 'ready') return 'ready';
  return state.startsWith('ready') || state === 'unknown' ? 'aside' : 'gone';
}
