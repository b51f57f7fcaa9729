import { formatMs, type ServiceOutcome, type SimulationReport } from '../report.ts';
import type { Simulation } from '../run-simulation.ts';
import { escapeText } from './escape.ts';
import { COLOUR_RULES, DRAWING_RULES } from './style.ts';
import { renderTimelineSvg } from './svg-report.ts';
import { toVerdict, type Verdict } from './verdict.ts';

const PAGE_RULES = `
*{box-sizing:border-box} body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1280px;margin:0 auto;padding:24px 20px 60px} h1{font-size:26px;margin:0} h2{font-size:17px;margin:34px 0 10px}
header{border-left:6px solid var(--bad);padding:6px 0 6px 16px} header.good{border-color:var(--good)} header.good h1{color:var(--good)} header.bad h1{color:var(--bad)}
header p{margin:2px 0 0;color:var(--muted)} ul.signs{list-style:none;padding:0;margin:16px 0 0} ul.signs li{padding:1px 0}
.sign{display:inline-block;width:1.5em;font-weight:700} .good .sign{color:var(--good)} .bad .sign{color:var(--bad)}
.frame{border:1px solid var(--grid);border-radius:8px;overflow-x:auto;padding:12px 6px} .frame svg{display:block;width:100%;min-width:900px;height:auto}
table{border-collapse:collapse;width:100%} th{text-align:left;color:var(--muted);font-weight:600} th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap} .bad-text{color:var(--bad);font-weight:600} .muted{color:var(--muted)}
@media print{.frame{overflow:visible;border:0}}`;

/** Rows of a table beyond which the rest is only counted. */
const MAX_ROWS = 500;

/** A simulation as a page that needs nothing else: no script, no network; ends with a line feed. */
export function renderHtmlReport(simulation: Simulation): string {
  const verdict = toVerdict(simulation);
  const { report } = simulation;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>tstack simulate: ${escapeText(verdict.headline)}</title>
<style>${COLOUR_RULES}${DRAWING_RULES}${PAGE_RULES}</style>
</head>
<body><main>
${heading(verdict)}
<h2>Timeline</h2>
<div class="frame">${renderTimelineSvg(simulation)}</div>
${pendingSection(verdict)}
${servicesSection(report)}
${phasesSection(report)}
${nodesSection(report)}
</main></body>
</html>
`;
}

function heading({ passed, headline, facts, lines }: Verdict): string {
  const items = lines.map(({ good, text }) => {
    const [look, sign, word] = good ? ['good', '✓', 'met'] : ['bad', '✗', 'failed'];
    return `<li class="${look}"><span class="sign" role="img" aria-label="${word}">${sign}</span>${escapeText(text)}</li>`;
  });
  const list = items.length === 0 ? '' : `<ul class="signs">${items.join('')}</ul>`;
  return `<header class="${passed ? 'good' : 'bad'}"><h1>${escapeText(headline)}</h1><p>${escapeText(facts)}</p></header>${list}`;
}

function pendingSection({ pending }: Verdict): string {
  if (pending.length === 0) return '';
  const items = pending.map((text) => `<li>${escapeText(text)}</li>`);
  return `<h2>Why tasks waited</h2><ul>${items.join('')}</ul>`;
}

function servicesSection({ services }: SimulationReport): string {
  const rows = services.map((service) => [
    text(service.name),
    number(service.isJob ? `${service.available} (job)` : `${service.available}/${service.wanted}`),
    number(String(service.leastAvailable ?? '-')),
    service.shortfall === undefined
      ? text(placesOf(service))
      : `<td class="bad-text">${escapeText(service.shortfall)}</td>`,
  ]);
  const heads = [head('Service'), head('Running', 'n'), head('Least', 'n'), head('Tasks by node')];
  return `<h2>Services at the end</h2>${table(heads, rows)}`;
}

/** `n1: 3, n2: 2`. */
function placesOf({ tasks }: ServiceOutcome): string {
  const counts = new Map<string, number>();
  for (const { node } of tasks) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, count]) => `${node}: ${count}`)
    .join(', ');
}

function phasesSection({ phases }: SimulationReport): string {
  const rows = phases.map(({ cause, at, convergedAfter }) => [
    text(cause),
    number(`+${formatMs(at)}`),
    convergedAfter === undefined
      ? '<td class="bad-text n">no</td>'
      : number(`after ${formatMs(convergedAfter)}`),
  ]);
  const heads = [head('Event'), head('At', 'n'), head('All as declared', 'n')];
  return `<h2>Events</h2>${table(heads, rows)}`;
}

function nodesSection({ nodes }: SimulationReport): string {
  const rows = nodes.map(({ name, state, tasks }) => [
    text(name),
    text(state),
    number(String(tasks)),
  ]);
  return `<h2>Nodes at the end</h2>${table([head('Node'), head('State'), head('Tasks', 'n')], rows)}`;
}

function head(title: string, look = ''): string {
  return `<th scope="col"${look === '' ? '' : ` class="${look}"`}>${title}</th>`;
}

function text(value: string): string {
  return `<td>${escapeText(value)}</td>`;
}

function number(value: string): string {
  return `<td class="n">${escapeText(value)}</td>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, MAX_ROWS).map((cells) => `<tr>${cells.join('')}</tr>`);
  const left = rows.length - shown.length;
  const more = left > 0 ? `<p class="muted">and ${left} more</p>` : '';
  return `<table><thead><tr>${heads.join('')}</tr></thead><tbody>${shown.join('')}</tbody></table>${more}`;
}
