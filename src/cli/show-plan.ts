import type { PlanDocument } from '../plan/plan-document.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Context } from './context.ts';
import { openPorts } from './run-rollout.ts';

interface PlanFlags {
  readonly withRegistryAuth: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

/** What is planned. */
interface Planned {
  readonly spec: StackSpec;
  readonly options: PlanOptions;
}

/**
 * Plans a deploy and prints the plan; nothing is written to the cluster.
 * @throws PreflightError (exit 4, after the plan is printed) when a deploy would be refused;
 *   EngineError
 */
export async function showPlan(
  context: Context,
  { spec, options }: Planned,
  flags: PlanFlags,
): Promise<PreparedDeploy> {
  const [{ prepareDeploy }, { PreflightError }] = await Promise.all([
    import('../rollout/deploy-stack.ts'),
    import('../rollout/rollout-errors.ts'),
  ]);
  const ports = { ...(await openPorts(context, flags)), emit: () => undefined };
  const prepared = await prepareDeploy(spec, options, ports);
  const document = await toDocument(prepared);
  context.stdout.write(await renderPlan(document, flags.format, context.stdout.color));
  const { refusals } = prepared.plan;
  if (refusals.length > 0) throw new PreflightError(refusals);
  return prepared;
}

/** The plan as data, with everything that is known of it. */
export async function toDocument(prepared: PreparedDeploy): Promise<PlanDocument> {
  const { planDocument } = await import('../plan/plan-document.ts');
  const { plan, spec, prediction, assessments } = prepared;
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
