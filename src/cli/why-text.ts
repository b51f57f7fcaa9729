import type { Instant } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import type { PastEnd, TaskExplanation } from '../orchestrator/why/explain-task.ts';
import type { RestartState } from '../orchestrator/why/next-try.ts';
import type { PlacementReasons } from '../orchestrator/why/placement-reasons.ts';
import type { TaskEnd } from '../orchestrator/why/task-end.ts';
import type { StuckUpdate } from '../orchestrator/update/find-stuck-update.ts';
import type { NodeId, TaskId, Timestamp } from '../swarm/object.ts';
import { describeAge } from './render/age.ts';
import { compareNatural } from './render/natural-order.ts';
import { displayWidth } from '../base/display-width.ts';
import { colors } from './colors.ts';
import { verdictLines, type WhyDocument } from './why-document.ts';

interface Look {
  readonly now: Instant;
  readonly color: boolean;
  readonly nameOf: (node: NodeId) => string;
}

/** Nodes beyond which only the first are shown; `--format json` has all. */
const MANY_NODES = 20;

/**
 * A WhyDocument for people: a headline per task, what it waits for or why it is where it is, and
 * what would help. Of a whole service, tasks that run are one line, and equal explanations are said
 * once.
 */
export function whyText(document: WhyDocument, now: Instant, color: boolean): string {
  const look: Look = { now, color, nameOf: (node) => document.nodes[node] ?? node };
  const { service, tasks, stuckUpdate } = document;
  const lines: string[] = [];
  if (stuckUpdate) lines.push(...stuckLines(stuckUpdate, look), '');
  if (service !== undefined && tasks.length === 0) lines.push(`${service} has no tasks`);
  const isBrief = (one: TaskExplanation): boolean =>
    service !== undefined && one.kind === 'running' && one.lastFailure === undefined;
  const running = tasks.filter(isBrief);
  const sections = new Map<string, TaskExplanation[]>();
  for (const task of tasks.filter((one) => !isBrief(one))) {
    const body = bodyLines(task, look).join('\n');
    sections.set(body, [...(sections.get(body) ?? []), task]);
  }
  for (const [body, alike] of sections) {
    lines.push(...alike.map((task) => headline(task, look)), body, '');
  }
  if (running.length > 0) {
    const places = running.map(({ name, node }) => `${shorter(name, node, look)}${on(node, look)}`);
    lines.push(
      `${count(running.length, 'task')} of ${service}: running as wanted: ${places.join(', ')}`,
    );
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.map(visible).join('\n')}\n`;
}

function headline(task: TaskExplanation, look: Look): string {
  const { name, node, state, desired, since } = task;
  const told = desired === 'running' || task.kind === 'ended' ? '' : ` (desired ${desired})`;
  const text = `${shorter(name, node, look)}  ${state}${on(node, look)}${agoOf(since, look)}${told}`;
  return look.color ? colors.bold(text) : text;
}

/** The hostname for the slot of a global task, which is a node's id. */
function shorter(name: string, node: NodeId | undefined, { nameOf }: Look): string {
  return node !== undefined && name.endsWith(`.${node}`)
    ? `${name.slice(0, -node.length)}${nameOf(node)}`
    : name;
}

function on(node: NodeId | undefined, { nameOf }: Look): string {
  return node === undefined ? '' : ` on ${nameOf(node)}`;
}

function agoOf(since: Timestamp | undefined, { now }: Look): string {
  const age = describeAge(since, now);
  return age === '' ? '' : `, ${age}`;
}

function bodyLines(task: TaskExplanation, look: Look): readonly string[] {
  const lines: string[] = [];
  switch (task.kind) {
    case 'pending':
      lines.push(`  ${task.reason}`, ...placementLines(task.placement, look));
      break;
    case 'running':
      lines.push(...runningLines(task.placement, task.node, look));
      break;
    case 'ended':
      lines.push(...endLines(task.end), ...restartLines(task.restart, look));
      break;
    case 'waiting':
    case 'starting':
    case 'stopping':
      lines.push(`  ${task.reason}`);
  }
  if (task.kind !== 'ended' && task.lastFailure) lines.push(...pastLines(task.lastFailure, look));
  return lines;
}

function placementLines(placement: PlacementReasons, look: Look): readonly string[] {
  const { best, nextSteps } = placement;
  const would = best.length === 0 ? [] : [`  it would go to ${best.map(look.nameOf).join(' or ')}`];
  return [...would, ...refusedLines(placement, look), ...helpLines(nextSteps)];
}

function refusedLines({ refused }: PlacementReasons, look: Look): readonly string[] {
  return table(verdictLines(refused, look.nameOf));
}

function helpLines(steps: readonly string[]): readonly string[] {
  if (steps.length === 0) return [];
  return [
    `  what would help${steps.length > 1 ? ', any of' : ''}:`,
    ...steps.map((one) => `    ${one}`),
  ];
}

function runningLines(
  placement: PlacementReasons,
  here: NodeId | undefined,
  look: Look,
): readonly string[] {
  const { candidates, preferences, best } = placement;
  const isHere = here !== undefined && best.includes(here);
  const names = best.map(look.nameOf).join(' or ');
  const verdict = isHere
    ? best.length > 1
      ? `equally good, chance decides: ${names}`
      : 'it would go to the same node again'
    : best.length > 0
      ? `placed anew it would go to ${names}: the cluster has changed, or loads have`
      : 'placed anew it would find no node';
  const order = 'fewest tasks of the service, then fewest tasks in all';
  const spread = preferences.length > 0 ? `spread over ${preferences.join(', ')}, then ` : '';
  return [
    `  ${count(candidates.length, 'node')} suit${candidates.length === 1 ? 's' : ''}; the order is ${spread}${order}; without this task:`,
    ...table(
      candidates.map(({ node, ofService, total, failures, branch }) => [
        look.nameOf(node),
        [
          ...(branch.length > 0 ? [branch.map((one) => one || '(no label)').join(' / ')] : []),
          `${ofService} of the service, ${total} in all`,
          ...(failures > 0 ? [`${count(failures, 'failure')} in 5 minutes`] : []),
          ...(node === here ? ['here'] : []),
        ].join('; '),
      ]),
    ),
    ...refusedLines(placement, look),
    `  ${verdict}`,
  ];
}

function endLines({ class: kind, meaning, error, exitCode, nextStep }: TaskEnd): readonly string[] {
  return [
    `  ${meaning} (${kind}${exitCode === undefined ? '' : `, exit code ${exitCode}`})`,
    ...(error === undefined ? [] : [`  error: ${error}`]),
    ...(nextStep === undefined ? [] : [`  ${nextStep}`]),
  ];
}

function restartLines(restart: RestartState, { now }: Look): readonly string[] {
  const { condition, delayMs, maxAttempts, windowMs, restarts, next } = restart;
  const limit = maxAttempts > 0 ? `, at most ${count(maxAttempts, 'restart')}` : '';
  const window = windowMs > 0 ? ` within ${duration(windowMs)}` : '';
  const policy = `${condition}, ${duration(delayMs)} apart${limit}${window}`;
  return [
    `  restart policy: ${policy}; ${count(restarts, 'restart')} of this spec known`,
    `  ${nextLine(next, now)}`,
  ];
}

function nextLine(next: RestartState['next'], now: Instant): string {
  switch (next.kind) {
    case 'replaced':
      return `next try: task ${short(next.by)}, ${next.state}`;
    case 'waiting':
      return `next try: task ${short(next.by)}, ${dueText(next.notBefore, now)}`;
    case 'expected':
      return `next try: a new task, ${dueText(next.notBefore, now)}`;
    case 'none':
      return `no next try: ${next.why}`;
  }
}

function dueText(notBefore: Instant, now: Instant): string {
  const left = notBefore - now;
  if (left <= 0) return 'due now';
  return `in ${duration(Math.ceil(left / 1000) * 1000)} (not before ${formatTimestamp(notBefore)})`;
}

function pastLines({ end, at, node }: PastEnd, look: Look): readonly string[] {
  return [
    `  last failure${on(node, look)}${agoOf(at, look)}:`,
    ...endLines(end).map((one) => `  ${one}`),
  ];
}

function stuckLines(stuck: StuckUpdate, look: Look): readonly string[] {
  const { service, order, slots, reachable, reason, verdicts, nextSteps } = stuck;
  const text = `the update of ${service} can never finish (${order}): after ${reachable} of ${slots} more slots, ${reason}`;
  return [
    look.color ? colors.yellow(text) : text,
    ...table(verdictLines(verdicts, look.nameOf)),
    ...helpLines(nextSteps),
  ];
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const shown = rows.toSorted(([a], [b]) => compareNatural(a, b)).slice(0, MANY_NODES);
  const width = Math.max(0, ...shown.map(([name]) => displayWidth(name)));
  const more = rows.length - shown.length;
  return [
    ...shown.map(([name, text]) => `    ${name}${' '.repeat(width - displayWidth(name))}  ${text}`),
    ...(more > 0 ? [`    … and ${count(more, 'node')} more (--format json has all)`] : []),
  ];
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

function duration(ms: number): string {
  return formatDuration(Math.round(ms) * 1e6);
}

function short(task: TaskId): string {
  return task.slice(0, 12);
}

/** Control characters as escapes, colours and line ends of our own left alone. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/(?!\u001b\[\d+m|\n)\p{Cc}/gu, (one) => JSON.stringify(one).slice(1, -1));
}
