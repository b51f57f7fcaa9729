import { formatDuration } from '../base/duration.ts';
import type { DocumentPrediction, PlanDocument } from '../plan/plan-document.ts';
import { compareNatural } from './render/natural-order.ts';

/** Nodes named before the rest is only counted. */
const MANY_NODES = 8;
/** Nodes whose shortfall is shown. */
const MANY_REFUSALS = 3;

/** What an operation leads to, a line for placement, rollout and trouble each. */
export function predictionLines(prediction: DocumentPrediction | undefined): readonly string[] {
  if (!prediction || prediction.newTasks === 0) return [];
  return [
    ...placementLine(prediction),
    ...rolloutLine(prediction),
    ...troubleLines(prediction.stuck ?? prediction.pending),
  ];
}

/** How long the whole deploy takes, and what that rests on. */
export function outlookLines({ prediction }: PlanDocument): readonly string[] {
  if (!prediction) return [];
  const { durationMs, assumptions } = prediction;
  const lead =
    durationMs === undefined
      ? 'Outlook: it would not converge'
      : `Outlook: about ${roughly(durationMs)}`;
  return [`${lead}, if ${assumptions.join(', ')}`];
}

function placementLine({ newTasks, nodes, pending }: DocumentPrediction): readonly string[] {
  const entries = Object.entries(nodes).sort(([a], [b]) => compareNatural(a, b));
  const certain = entries.filter(([, { least }]) => least > 0);
  const open = entries.filter(([, { least, most }]) => most > least);
  const placed = certain.reduce((sum, [, { least }]) => sum + least, 0);
  const chance = newTasks - placed - (pending?.least ?? 0);
  const parts = [
    ...shorten(certain.map(([name, { least }]) => (least > 1 ? `${least} on ${name}` : name))),
    ...(chance > 0
      ? [`${chance} on any of ${shorten(open.map(([name]) => name)).join(' | ')}`]
      : []),
    ...(pending ? [`${pending.least} pending`] : []),
  ];
  return [`${newTasks === 1 ? '1 new task' : `${newTasks} new tasks`}: ${parts.join(', ')}`];
}

function shorten(names: readonly string[]): readonly string[] {
  if (names.length <= MANY_NODES) return names;
  return [...names.slice(0, MANY_NODES), `${names.length - MANY_NODES} more nodes`];
}

function rolloutLine({ rollout, durationMs }: DocumentPrediction): readonly string[] {
  if (!rollout) return [];
  const { order, parallelism, leastAvailable, wanted } = rollout;
  const time = durationMs === undefined ? '' : `about ${roughly(durationMs)}, `;
  return [
    `rollout: ${time}at least ${leastAvailable} of ${wanted} running (${parallelism} at a time, ${order})`,
  ];
}

function troubleLines(
  trouble: DocumentPrediction['pending'] | DocumentPrediction['stuck'],
): readonly string[] {
  if (!trouble) return [];
  const { refusals, nextSteps } = trouble;
  const shown = refusals
    .slice(0, MANY_REFUSALS)
    .map(({ node, filter, shortfall }) =>
      filter === 'resources' ? `${node}: ${shortfall}` : `${node}: ${filter}: ${shortfall}`,
    );
  const more = refusals.length - shown.length;
  return [
    ...shown.map((one) => `  ${one}`),
    ...(more > 0 ? [`  … and ${more} more nodes`] : []),
    ...nextSteps.slice(0, 1).map((one) => `  would help: ${one}`),
  ];
}

/** To whole seconds, from a minute on to five. */
function roughly(ms: number): string {
  const step = ms < 60_000 ? 1000 : 5000;
  return formatDuration(Math.max(1000, Math.round(ms / step) * step) * 1e6);
}
