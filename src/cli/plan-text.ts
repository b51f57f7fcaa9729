import { describeChange } from '../plan/change-words.ts';
import type { PlanDocument } from '../plan/plan-document.ts';
import type { PlanAction } from '../plan/plan-summary.ts';
import { outlookLines, predictionLines } from './prediction-text.ts';
import { effectWords } from './effect-text.ts';
import { colors } from './colors.ts';

type DocumentOperation = PlanDocument['operations'][number];
type Look = (text: string) => string;

const SIGNS: Readonly<Record<PlanAction, string>> = {
  create: '+',
  update: '~',
  verify: '?',
  keep: '=',
  remove: '-',
};

const LOOKS: Readonly<Record<PlanAction, Look>> = {
  create: colors.green,
  update: colors.yellow,
  verify: colors.cyan,
  keep: colors.dim,
  remove: colors.red,
};

/** Of the longest action. */
const ACTION_WIDTH = 'create'.length;

const plain: Look = (text) => text;

/**
 * A plan for people: an object a line, below it the fields that change, old → new, and where the
 * files say so; then notes, and a summary. Refusals are only counted.
 */
export function planText(document: PlanDocument, color: boolean): string {
  const nameWidth = Math.max(0, ...document.operations.map((one) => subjectOf(one).length));
  const notes = document.notes.map(({ severity, message }) => {
    const look = color && severity === 'warning' ? colors.yellow : plain;
    return `${look(`${severity}:`)} ${message.split('\n').map(visible).join('\n  ')}`;
  });
  const bold = color ? colors.bold : plain;
  return [
    ...document.operations.flatMap((one) => operationLines(one, nameWidth, color)),
    ...notes,
    bold(summaryLine(document)),
    ...outlookLines(document),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function operationLines(
  operation: DocumentOperation,
  nameWidth: number,
  color: boolean,
): readonly string[] {
  const { action, cause, changes, risks } = operation;
  const look = color ? LOOKS[action] : plain;
  const dim = color ? colors.dim : plain;
  const warn = color ? colors.yellow : plain;
  // The lines below say it better, unless the cause is no list of fields.
  const reason = changes.length > 0 && operation.resource === 'service' ? '' : `  ${cause}`;
  const subject = `${SIGNS[action]} ${subjectOf(operation).padEnd(nameWidth)}  ${action.padEnd(reason ? ACTION_WIDTH : 0)}`;
  return [
    `${look(subject)}${visible(reason)}`,
    ...changes.map((one) => {
      const place = one.place ? dim(`  ${one.place.file}:${one.place.line}`) : '';
      return `    ${visible(describeChange(one))}${place}`;
    }),
    ...waitLines(operation).map((line) => `    ${dim(visible(line))}`),
    ...effectLines(operation).map((line) => `    ${dim(visible(line))}`),
    ...risks.map((risk) => `    ${warn(visible(`risk: ${risk}`))}`),
    ...predictionLines(operation.prediction).map((line) => `    ${dim(visible(line))}`),
  ];
}

const CONDITION_WORDS: Readonly<Record<string, string>> = {
  order: '',
  service_started: ' has started',
  service_healthy: ' is healthy',
  service_completed_successfully: ' has completed',
};

/** `after shop_db is healthy, shop_cache has started`. */
function waitLines({ waitsFor = [] }: DocumentOperation): readonly string[] {
  if (waitsFor.length === 0) return [];
  const parts = waitsFor.map(
    ({ service, condition }) => `${service}${CONDITION_WORDS[condition] ?? ''}`,
  );
  return [`after ${parts.join(', ')}`];
}

function effectLines({ effect }: DocumentOperation): readonly string[] {
  const words = effectWords(effect);
  return words === undefined ? [] : [`effect: ${words}`];
}

function subjectOf({ resource, name }: DocumentOperation): string {
  return `${resource} ${name}`;
}

/** Counts of the plan in one line. */
export function summaryLine({ summary, refusals }: PlanDocument): string {
  const { create, update, verify, keep, remove } = summary;
  const checked = verify > 0 ? `, ${verify} to verify` : '';
  const refused =
    refusals.length > 0 ? `; ${refusals.length} refused, so a deploy would write nothing` : '';
  return `Plan: ${create} to create, ${update} to update, ${keep} unchanged, ${remove} to remove${checked}${refused}`;
}

/** Control characters as escapes: a value of the cluster must not drive the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
