import { EXIT_CODE, type ExitCode } from '../base/errors.ts';
import type { Outcome, ServicePhase, ServiceView } from './events.ts';
import type { NotBegun } from './gated-run.ts';

/** How a rollout ended, for people and for scripts. */
export interface RolloutResult {
  readonly outcome: Outcome;
  readonly exitCode: ExitCode;
  /** What to say, a line each; nothing when all is well. */
  readonly messages: readonly string[];
  /** Every watched service; empty when nothing was watched. */
  readonly services: readonly ServiceView[];
}

interface Verdict {
  readonly phase: ServicePhase;
  readonly outcome: Outcome;
  readonly exitCode: ExitCode;
}

/** Worst first: what needs a person comes before what the engine has put right. */
const VERDICTS: readonly Verdict[] = [
  { phase: 'paused', outcome: 'paused', exitCode: EXIT_CODE.paused },
  { phase: 'failed', outcome: 'failed', exitCode: EXIT_CODE.paused },
  { phase: 'rolled-back', outcome: 'rolled-back', exitCode: EXIT_CODE.rolledBack },
  { phase: 'timed-out', outcome: 'timed-out', exitCode: EXIT_CODE.timeout },
];

/**
 * The one result of many services.
 * @param notBegun - writes that were left out; they follow from a service that failed, or from time
 */
export function judgeRollout(
  services: readonly ServiceView[],
  notBegun: readonly NotBegun[] = [],
): RolloutResult {
  const seen = new Set(services.map((view) => view.phase));
  const leftOut = new Set(notBegun.map(({ outcome }): ServicePhase => outcome));
  const worst =
    VERDICTS.find((one) => seen.has(one.phase)) ?? VERDICTS.find((one) => leftOut.has(one.phase));
  const troubled = services.filter((view) => view.phase !== 'converged');
  return {
    outcome: worst?.outcome ?? 'converged',
    exitCode: worst?.exitCode ?? EXIT_CODE.ok,
    messages: [...troubled.map(describeTrouble), ...notBegun.map(describeNotBegun)],
    services,
  };
}

/** `service shop_web timed out: 1 of 3 running; 2 tasks pending: no suitable node (…)`. */
function describeTrouble(view: ServiceView): string {
  const count = `${view.done} of ${view.wanted} ${view.mode.endsWith('job') ? 'complete' : 'running'}`;
  const reason = view.reason === undefined || view.reason === count ? '' : `; ${view.reason}`;
  if (view.phase === 'timed-out') return `${view.service}: timed out with ${count}${reason}`;
  return `${view.service}: ${view.reason ?? view.phase}`;
}

/** `shop_web: not begun; shop_migrate: task shop_migrate.0 failed 3 times: …`. */
function describeNotBegun({ operation, because }: NotBegun): string {
  const verb = operation.kind.split('-')[1] ?? '';
  return `${operation.name}: ${verb} not begun; ${because}`;
}
