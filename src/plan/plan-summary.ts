import type { OperationKind, Plan } from './plan.ts';

/** What a plan does to an object, in one word. */
export type PlanAction = 'create' | 'update' | 'verify' | 'keep' | 'remove';

/** Number of operations by action. */
export type PlanSummary = Readonly<Record<PlanAction, number>>;

/** `network`, `create` of `network-create`. */
export function splitKind(kind: OperationKind): {
  readonly resource: string;
  readonly action: PlanAction;
} {
  const [resource = '', action] = kind.split('-');
  return { resource, action: action as PlanAction };
}

/** Counts the operations of a plan by what they do. */
export function summarisePlan({ operations }: Plan): PlanSummary {
  const summary = { create: 0, update: 0, verify: 0, keep: 0, remove: 0 };
  for (const { kind } of operations) summary[splitKind(kind).action] += 1;
  return summary;
}

/**
 * Whether carrying out the plan leaves the cluster other than it is.
 *
 * A verification does not: it is a request, but the engine accepts it only when nothing differs.
 */
export function hasChanges(plan: Plan): boolean {
  const { create, update, remove } = summarisePlan(plan);
  return create + update + remove > 0;
}
