import type { ExplainedFailure, RolloutEvent, ServiceView } from '../../rollout/events.ts';

/** What a summary tells, collected from events. */
export interface RunFacts {
  readonly services: ReadonlyMap<string, ServiceView>;
  readonly failures: readonly ExplainedFailure[];
  readonly end: Extract<RolloutEvent, { type: 'finished' }>;
}

/** A rollout in Markdown: how it ended, its services, and each failure with its log. */
export function jobSummary({ services, failures, end }: RunFacts): string {
  const rows = [...services.values()].map(
    ({ service, phase, done, wanted, reason }) =>
      `| ${cell(service)} | ${phase} | ${done}/${wanted} | ${cell(reason ?? '')} |`,
  );
  const table =
    rows.length > 0 ? ['| service | state | tasks | why |', '|---|---|---|---|', ...rows, ''] : [];
  return [
    `### Stack ${cell(end.stack)}: ${end.outcome} (exit code ${end.exitCode})`,
    '',
    ...table,
    ...end.messages.map((message) => `- ${cell(message)}`),
    ...(end.messages.length > 0 ? [''] : []),
    ...failures.flatMap(failureLines),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function failureLines(failure: ExplainedFailure): readonly string[] {
  const { task, node, exitCode, meaning, error, log, nextStep } = failure;
  const where = node === undefined ? '' : ` on ${cell(node)}`;
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  // A fence longer than any in the log cannot be closed by it.
  const longest = Math.max(2, ...log.map((line) => /`{3,}/.exec(line)?.[0].length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return [
    `**${cell(task)}**${where}: ${failure.class}${code}: ${cell(meaning)}`,
    ...(error === undefined ? [] : ['', cell(error)]),
    ...(log.length === 0 ? [] : ['', fence, ...log, fence]),
    ...(nextStep === undefined ? [] : ['', cell(nextStep)]),
    '',
  ];
}

/** Text that is no Markdown, HTML or end of a cell. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|#]/g, (one) => `\\${one}`)
    .replace(/\s*[\r\n]+\s*/g, ' ');
}
