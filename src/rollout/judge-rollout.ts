import { EXIT_CODE, type ExitCode } from '../base/errors.ts';
import type { Outcome, ServicePhase, ServiceView } from './events.ts';

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

/** The one result of many services. */
export function judgeRollout(services: readonly ServiceView[]): RolloutResult {
  const worst = VERDICTS.find((one) => services.some((view) => view.phase === one.phase));
  const troubled = services.filter((view) => view.phase !== 'converged');
  return {
    outcome: worst?.outcome ?? 'converged',
    exitCode: worst?.exitCode ?? EXIT_CODE.ok,
    messages: troubled.map(describeTrouble),
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
