import type { Plan } from '../plan/plan.ts';
import type { PlanDocument } from '../plan/plan-document.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Context } from './context.ts';
import { planOptionsOf } from './plan-options.ts';
import { openPorts } from './run-rollout.ts';

interface PlanFlags extends Pick<PlanOptions, 'prune' | 'resolveImage'> {
  readonly force: boolean;
  readonly withRegistryAuth: boolean;
  readonly noPredict: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

/**
 * Plans a deploy and prints the plan; nothing is written to the cluster.
 * @throws PreflightError (exit 4, after the plan is printed) when a deploy would be refused;
 *   EngineError
 */
export async function showPlan(context: Context, spec: StackSpec, flags: PlanFlags): Promise<Plan> {
  const [{ prepareDeploy }, { PreflightError }] = await Promise.all([
    import('../rollout/deploy-stack.ts'),
    import('../rollout/rollout-errors.ts'),
  ]);
  const ports = { ...(await openPorts(context, flags)), emit: () => undefined };
  const prepared = await prepareDeploy(spec, planOptionsOf(flags, context), ports);
  const { plan } = prepared;
  const document = await toDocument(prepared, spec);
  context.stdout.write(await renderPlan(document, flags.format, context.stdout.color));
  if (plan.refusals.length > 0) throw new PreflightError(plan.refusals);
  return plan;
}

/** The plan as data, with everything that is known of it. */
export async function toDocument(prepared: PreparedDeploy, spec: StackSpec): Promise<PlanDocument> {
  const { planDocument } = await import('../plan/plan-document.ts');
  const { plan, prediction, assessments } = prepared;
  const bare = planDocument(plan, spec, assessments);
  if (!prediction) return bare;
  const { withPrediction } = await import('../plan/predict-document.ts');
  return withPrediction(bare, prediction);
}

async function renderPlan(
  document: PlanDocument,
  format: PlanFlags['format'],
  color: boolean,
): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(document, undefined, 2)}\n`;
    case 'markdown':
      return (await import('./plan-markdown.ts')).planMarkdown(document);
    case 'text':
      return (await import('./plan-text.ts')).planText(document, color);
  }
}
