import type { ExplainedFailure } from '../../rollout/events.ts';

/**
 * A failure for people: what and where, the engine's words, the last lines of the log, the next step.
 *
 *     shop_web.1 on node-2: crash, exit code 1: it ended with an error of its own
 *       task: non-zero exit (1)
 *       | cannot reach db:5432
 *       read its log: tstack logs STACK SERVICE
 */
export function failureText(failure: ExplainedFailure): string {
  const { task, node, error, exitCode, log, logError, nextStep, meaning } = failure;
  const where = node === undefined || task.endsWith(`.${node}`) ? '' : ` on ${node}`;
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  return [
    `${task}${where}: ${failure.class}${code}: ${meaning}`,
    ...(error === undefined ? [] : [`  ${error}`]),
    ...log.map((line) => `  | ${line}`),
    ...(logError === undefined ? [] : [`  its log: ${logError}`]),
    ...(nextStep === undefined ? [] : [`  ${nextStep}`]),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
}

/** Control characters as escapes: what a task writes must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, (one) => JSON.stringify(one).slice(1, -1));
}
