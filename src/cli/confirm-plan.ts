import { CancelledError } from '../base/errors.ts';
import type { PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { Context } from './context.ts';

/** The flag that answers before it is asked. */
export const CONFIRM_OPTIONS = {
  yes: {
    kind: 'boolean',
    short: 'y',
    default: false,
    help: 'Do not ask on a terminal before anything is written',
  },
} as const;

/**
 * On a terminal, shows a plan that changes anything and asks whether to go on.
 *
 * Nobody is asked in docker's ways, in scripts, or about what will be refused anyway.
 * @throws CancelledError (exit 130) unless the answer is yes
 */
export async function confirmPlan(
  context: Context,
  prepared: PreparedDeploy,
  yes: boolean,
): Promise<void> {
  const { globals, stderr, stdinIsTerminal } = context;
  const { plan } = prepared;
  const isAsked = stdinIsTerminal && stderr.isTerminal && !yes && globals.compat !== 'docker';
  if (!isAsked || plan.refusals.length > 0) return;
  const [{ isEmptyPlan }, { toDocument }, { planText }] = await Promise.all([
    import('../plan/plan.ts'),
    import('./show-plan.ts'),
    import('./plan-text.ts'),
  ]);
  if (isEmptyPlan(plan)) return;
  stderr.write(planText(await toDocument(prepared), stderr.color));
  const answer = await context.ask(`Deploy stack ${plan.stack}? [y/N] `);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new CancelledError('not confirmed; nothing was written');
}
