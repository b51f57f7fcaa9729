import type { Plan } from '../plan/plan.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Context } from './context.ts';
import { planOptionsOf } from './plan-options.ts';
import { openPorts } from './run-rollout.ts';

interface PlanFlags extends Pick<PlanOptions, 'prune' | 'resolveImage'> {
  readonly withRegistryAuth: boolean;
  readonly noPredict: boolean;
  readonly format: 'text' | 'json';
}

/**
 * Plans a deploy and prints the plan; nothing is written to the cluster.
 * @throws PreflightError (exit 4, after the plan is printed) when a deploy would be refused;
 *   EngineError
 */
export async function showPlan(context: Context, spec: StackSpec, flags: PlanFlags): Promise<Plan> {
  const [{ prepareDeploy }, { planDocument }, { PreflightError }] = await Promise.all([
    import('../rollout/deploy-stack.ts'),
    import('../plan/plan-document.ts'),
    import('../rollout/rollout-errors.ts'),
  ]);
  const ports = { ...(await openPorts(context, flags)), emit: () => undefined };
  const prepared = await prepareDeploy(spec, planOptionsOf(flags, context), ports);
  const { plan, prediction } = prepared;
  const bare = planDocument(plan, spec);
  const document = prediction
    ? (await import('../plan/predict-document.ts')).withPrediction(bare, prediction)
    : bare;
  if (flags.format === 'json') {
    context.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    const { planText } = await import('./plan-text.ts');
    context.stdout.write(planText(document, context.stdout.color));
  }
  if (plan.refusals.length > 0) throw new PreflightError(plan.refusals);
  return plan;
}
