import { toInstant } from '../base/clock.ts';
import type { LogRecord } from '../engine/client.ts';
import type { ExplainedFailure, ServiceView, TaskFailureView } from './events.ts';
import type { NotBegun } from './gated-run.ts';
import { judgeRollout, type RolloutResult } from './judge-rollout.ts';
import type { RolloutPorts } from './ports.ts';
import { isCancelled, messageOf } from './rollout-errors.ts';

/** Lines of a task's log that are told. */
const LOG_LINES = 10;
const LONGEST_LINE = 500;

/** A node that does not answer must not hold up the verdict. */
const LOG_TIMEOUT_MS = 5000;

/** Failures of a whole rollout that are told. */
const MAX_FAILURES_TOLD = 12;

/**
 * Judges a rollout, tells each failure with the last lines of its log, then the end.
 * @throws CancelledError
 */
export async function finishRollout(
  stack: string,
  seen: {
    readonly views: readonly ServiceView[];
    readonly notBegun?: readonly NotBegun[];
    /** Whether there was nothing to write. */
    readonly isUnchanged?: boolean;
  },
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const verdict = judgeRollout(seen.views, seen.notBegun);
  const opening = seen.isUnchanged === true ? [`No changes to stack ${stack}.`] : [];
  const judged = { ...verdict, messages: [...opening, ...verdict.messages] };
  const troubled = seen.views.filter((view) => view.phase !== 'converged');
  const failures = await Promise.all(
    troubled
      .flatMap((view) => view.failures.map((failure) => ({ service: view.service, failure })))
      .slice(0, MAX_FAILURES_TOLD)
      .map(({ service, failure }) => explain(service, failure, ports)),
  );
  for (const one of failures) ports.emit({ type: 'failure', ...one });
  const { outcome, exitCode, messages } = judged;
  ports.emit({ type: 'finished', stack, outcome, exitCode, messages });
  return judged;
}

async function explain(
  service: string,
  failure: TaskFailureView,
  ports: RolloutPorts,
): Promise<ExplainedFailure> {
  // What never ran has written nothing.
  if (failure.state !== 'failed') return { ...failure, service, log: [] };
  try {
    return { ...failure, service, log: await lastLines(failure.taskId, ports) };
  } catch (error) {
    if (isCancelled(error) && ports.signal?.aborted === true) throw error;
    return { ...failure, service, log: [], logError: messageOf(error) };
  }
}

async function lastLines(
  taskId: string,
  { engine, clock, signal }: RolloutPorts,
): Promise<readonly string[]> {
  const expiry = new AbortController();
  const cancel = clock.at(toInstant(clock.now() + LOG_TIMEOUT_MS), () => {
    expiry.abort(new Error(`its log did not come within ${LOG_TIMEOUT_MS / 1000} s`));
  });
  const either = signal ? AbortSignal.any([signal, expiry.signal]) : expiry.signal;
  const lines: LogRecord[] = [];
  try {
    for await (const record of engine.tasks.logs(taskId, { tail: LOG_LINES, signal: either })) {
      lines.push(record);
    }
  } catch (error) {
    if (lines.length === 0) throw expiry.signal.aborted ? expiry.signal.reason : error;
  } finally {
    cancel();
  }
  return lines.slice(-LOG_LINES).map(({ text }) => text.slice(0, LONGEST_LINE));
}
