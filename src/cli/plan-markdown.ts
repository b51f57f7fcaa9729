import { fieldName, valueWords } from '../plan/change-words.ts';
import type { PlanDocument } from '../plan/plan-document.ts';
import { effectWords } from './effect-text.ts';
import { outlookLines, predictionLines } from './prediction-text.ts';
import { summaryLine } from './plan-text.ts';

type DocumentOperation = PlanDocument['operations'][number];

/** Characters of a value that are shown; comments have a largest size. */
const MAX_VALUE = 200;

/**
 * A plan as GitHub and GitLab show it in a comment: what changes in a table, the fields folded below,
 * then notes and refusals. What is unchanged is only counted.
 */
export function planMarkdown(document: PlanDocument): string {
  const { stack, operations, notes, refusals } = document;
  const changed = operations.filter(
    ({ action, effect }) => action !== 'keep' || effect?.kind === 'ineffective',
  );
  const rows = changed.map(
    (one) => `| ${one.action} | ${one.resource} ${code(one.name)} | ${cell(effectOf(one))} |`,
  );
  const table = rows.length > 0 ? ['| | object | effect |', '|---|---|---|', ...rows, ''] : [];
  const remarks = [
    ...refusals.map(
      ({ message, hint }) =>
        `- **refused**: ${prose(message)}${hint === undefined ? '' : ` – ${prose(hint)}`}`,
    ),
    ...notes.map(({ severity, message }) => `- ${severity}: ${prose(message)}`),
  ];
  return [
    `### Plan of stack ${code(stack)}`,
    '',
    prose(summaryLine(document)),
    '',
    ...table,
    ...changed.flatMap(detailsOf),
    ...(remarks.length > 0 ? [...remarks, ''] : []),
    ...outlookLines(document).map(prose),
  ]
    .join('\n')
    .replace(/\n*$/, '\n');
}

function effectOf(operation: DocumentOperation): string {
  const { effect, cause, risks, prediction } = operation;
  const words = effectWords(effect) ?? predictionLines(prediction)[0] ?? cause;
  return [words, ...risks.map((risk) => `risk: ${risk}`)].join('; ');
}

function detailsOf({ resource, name, changes }: DocumentOperation): readonly string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ path, from, to, restarts, place }) =>
    [
      '',
      code(fieldName(path)),
      from === undefined ? '' : code(valueWords(from)),
      to === undefined ? '' : code(valueWords(to)),
      restarts === 'all' ? 'yes' : restarts === 'misplaced' ? 'where it suits no more' : 'no',
      place ? code(`${place.file}:${place.line}`) : '',
      '',
    ]
      .join(' | ')
      .trim(),
  );
  return [
    `<details><summary>${resource} ${escapeHtml(name)}: ${changes.length === 1 ? '1 field' : `${changes.length} fields`}</summary>`,
    '',
    '| field | old | new | restarts | where |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '</details>',
    '',
  ];
}

/** A code span in a table cell, whatever the text holds; line breaks and controls become blanks. */
function code(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  const short = line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line;
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = longest > 0 ? ' ' : '';
  return `${fence}${padding}${short.replaceAll('|', '\\|')}${padding}${fence}`;
}

function cell(text: string): string {
  return prose(text).replaceAll('|', '\\|');
}

/** Words that must not be markup, mention anybody or break the line. */
function prose(text: string): string {
  return escapeHtml(text.replace(/\p{Cc}+/gu, ' '))
    .replace(/[\\`*_[\]#~]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '&#64;');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
