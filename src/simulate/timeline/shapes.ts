import { escapeText } from './escape.ts';
import type { BarLook, EndLook } from './task-bars.ts';

/** A part of the drawing, from y = 0 down. */
export interface Section {
  readonly height: number;
  readonly body: string;
}

/** A length or place with at most one digit behind the point. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A line of text; `look` are classes of the style sheet. */
export function textAt(
  [x, y]: readonly [number, number],
  text: string,
  { look = '', anchor = 'start' }: { look?: string; anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  const classes = look === '' ? '' : ` class="${look}"`;
  const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${px(x)}" y="${px(y)}"${classes}${at}>${escapeText(text)}</text>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle, with a text that shows when one points at it. */
export function rectangle(
  { x, y, width, height }: Box,
  look: string,
  { tip, radius = 0 }: { tip?: string; radius?: number } = {},
): string {
  const round = radius === 0 ? '' : ` rx="${radius}"`;
  const shape = `<rect class="${look}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"${round}`;
  return tip === undefined ? `${shape}/>` : `${shape}><title>${escapeText(tip)}</title></rect>`;
}

/** Moves a section down and gives it a name for those who cannot see it. */
export function placed({ body }: Section, y: number, label?: string): string {
  const name = label === undefined ? '' : ` role="group" aria-label="${escapeText(label)}"`;
  return `<g transform="translate(0 ${px(y)})"${name}>${body}</g>`;
}

/** Sections below each other. */
export function stack(sections: readonly (Section & { readonly label?: string })[]): Section {
  let height = 0;
  const bodies = sections.map((section) => {
    const body = placed(section, height, section.label);
    height += section.height;
    return body;
  });
  return { height, body: bodies.join('\n') };
}

const LOOK_WORDS: Readonly<Record<BarLook, string>> = {
  waiting: 'waiting for a node',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  lost: 'on a lost node',
};

const END_WORDS: Readonly<Record<EndLook, string>> = {
  complete: 'complete',
  failed: 'failed',
  stopped: 'stopped',
  orphaned: 'orphaned',
};

/** What a stretch or an end is called. */
export function wordOf(look: BarLook | EndLook): string {
  return look in LOOK_WORDS ? LOOK_WORDS[look as BarLook] : END_WORDS[look as EndLook];
}

/** The sign of an end, 9 px wide, centred: a tick, a cross, a square or a ring. */
export function endSign(look: EndLook, x: number, y: number): string {
  const at = (dx: number, dy: number): string => `${px(x + dx)} ${px(y + dy)}`;
  switch (look) {
    case 'complete':
      return `<path class="tick" d="M${at(-4, 0)}L${at(-1, 3)}L${at(4, -4)}"/>`;
    case 'failed':
      return `<path class="cross" d="M${at(-3.5, -3.5)}L${at(3.5, 3.5)}M${at(3.5, -3.5)}L${at(-3.5, 3.5)}"/>`;
    case 'stopped':
      return `<rect class="halt" x="${px(x - 2)}" y="${px(y - 3)}" width="4" height="6"/>`;
    case 'orphaned':
      return `<circle class="ring" cx="${px(x)}" cy="${px(y)}" r="3.2"/>`;
  }
}
