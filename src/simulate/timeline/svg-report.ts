import type { Simulation } from '../run-simulation.ts';
import { drawTimeline, WIDTH } from './draw-timeline.ts';
import { escapeText, shorten } from './escape.ts';
import { endSign, placed, px, textAt, type Section } from './shapes.ts';
import { COLOUR_RULES, DRAWING_RULES, PATTERNS } from './style.ts';
import { toVerdict, type Verdict } from './verdict.ts';

/** Letters that fit beside each other. */
const LINE_LENGTH = 170;

/** A simulation as one picture that needs nothing else; ends with a line feed. */
export function renderSvgReport(simulation: Simulation): string {
  const verdict = toVerdict(simulation);
  const head = drawVerdict(verdict);
  const timeline = drawTimeline(simulation);
  const tail = drawPending(verdict);
  const height = head.height + timeline.height + tail.height + 12;
  const body = [
    placed(head, 0),
    placed(timeline, head.height),
    placed(tail, head.height + timeline.height),
  ].join('\n');
  const style = `<style>${COLOUR_RULES}${DRAWING_RULES}</style>`;
  return `${svgElement({ height, verdict, body: style + body })}\n`;
}

/** The drawing alone, for a page that says the rest and has the style sheet. */
export function renderTimelineSvg(simulation: Simulation): string {
  const { height, body } = drawTimeline(simulation);
  return svgElement({ height, verdict: toVerdict(simulation), body });
}

function svgElement(parts: {
  readonly height: number;
  readonly verdict: Verdict;
  readonly body: string;
}): string {
  const { height, verdict, body } = parts;
  const words = [verdict.facts, ...verdict.lines.map((one) => one.text), ...verdict.pending];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="tl" role="img" aria-labelledby="tl-title tl-desc" viewBox="0 0 ${WIDTH} ${px(height)}" width="${WIDTH}" height="${px(height)}">
<title id="tl-title">${escapeText(verdict.headline)}</title>
<desc id="tl-desc">${escapeText(words.join('. '))}</desc>
${PATTERNS}
<rect class="bg" width="${WIDTH}" height="${px(height)}"/>
${body}
</svg>`;
}

function drawVerdict({ passed, headline, facts, lines }: Verdict): Section {
  const sign = endSign(passed ? 'complete' : 'failed', 16, 22);
  const rows = lines.map(({ good, text }, at) => {
    const y = 64 + at * 17;
    return (
      endSign(good ? 'complete' : 'failed', 16, y - 4) + textAt([28, y], shorten(text, LINE_LENGTH))
    );
  });
  const body = [
    sign,
    textAt([30, 28], headline, { look: passed ? 't good' : 't bad' }),
    textAt([30, 46], facts, { look: 'm' }),
    ...rows,
  ];
  return { height: 68 + lines.length * 17, body: body.join('') };
}

function drawPending({ pending }: Verdict): Section {
  if (pending.length === 0) return { height: 0, body: '' };
  const rows = pending.map((text, at) => textAt([24, 38 + at * 16], shorten(text, LINE_LENGTH)));
  const title = textAt([8, 20], 'Why tasks waited', { look: 'h' });
  return { height: 44 + pending.length * 16, body: title + rows.join('') };
}
