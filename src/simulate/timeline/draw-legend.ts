import type { RunHistory } from '../history.ts';
import { endSign, rectangle, textAt, wordOf, type Section } from './shapes.ts';
import { SPEC_COLOURS } from './style.ts';
import type { EndLook } from './task-bars.ts';

const LEFT = 190;
const RIGHT = 1120;
const LINE = 20;
const LETTER = 5.9;

interface Entry {
  readonly text: string;
  readonly draw: (x: number, y: number) => string;
}

/** What the looks mean, in as many lines as it takes. */
export function drawLegend({ services }: RunHistory): Section {
  const specs = Math.max(1, ...services.flatMap(({ tasks }) => tasks.map((task) => task.spec)));
  const entries: Entry[] = [
    bar('waiting', wordOf('waiting')),
    bar('starting', wordOf('starting')),
    ...Array.from({ length: Math.min(specs, SPEC_COLOURS) }, (_, at) =>
      bar(`r${at + 1}`, at === 0 ? 'running' : `running, v${at + 1}: a later spec of its service`),
    ),
    bar('stopping', wordOf('stopping')),
    bar('lost', wordOf('lost')),
    ...(['complete', 'failed', 'stopped', 'orphaned'] as const).map(end),
    line('wanted', 'tasks wanted'),
    line('least', 'least expected'),
    bar('gap', 'quiet, not to scale'),
  ];
  let x = LEFT;
  let y = 0;
  const drawn = entries.map(({ text, draw }) => {
    const width = 32 + text.length * LETTER;
    if (x + width > RIGHT) {
      x = LEFT;
      y += LINE;
    }
    const body = draw(x, y + 7) + textAt([x + 24, y + 11], text, { look: 's m' });
    x += width;
    return body;
  });
  return { height: y + LINE + 4, body: textAt([8, 11], 'legend', { look: 'b' }) + drawn.join('') };
}

function bar(look: string, text: string): Entry {
  const draw = (x: number, y: number): string =>
    rectangle({ x, y: y - 5, width: 18, height: 11 }, look, { radius: 2 });
  return { text, draw };
}

function end(look: EndLook): Entry {
  return { text: wordOf(look), draw: (x, y) => endSign(look, x + 9, y) };
}

function line(look: string, text: string): Entry {
  const draw = (x: number, y: number): string =>
    `<line class="${look}" x1="${x}" x2="${x + 18}" y1="${y}" y2="${y}"/>`;
  return { text, draw };
}
