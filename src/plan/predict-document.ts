import type { NodeId } from '../swarm/object.ts';
import { nextSteps, type NodeVerdict } from '../orchestrator/scheduler/explain-nodes.ts';
import type { DocumentPrediction, PlanDocument } from './plan-document.ts';
import type { PlanPrediction, ServicePrediction } from './predict-plan.ts';

/** The document with what was foretold, nodes by hostname. */
export function withPrediction(document: PlanDocument, prediction: PlanPrediction): PlanDocument {
  const { services, durationMs, assumptions, nodeNames } = prediction;
  if (services.size === 0) return document;
  const operations = document.operations.map((one) => {
    const found = one.resource === 'service' ? services.get(one.name) : undefined;
    return found ? { ...one, prediction: toDocument(found, nodeNames) } : one;
  });
  return {
    ...document,
    operations,
    prediction: { ...(durationMs !== undefined && { durationMs }), assumptions },
  };
}

function toDocument(
  { tasks, perNode, durationMs, rollout, stuck }: ServicePrediction,
  names: ReadonlyMap<NodeId, string>,
): DocumentPrediction {
  const most = tasks.filter((one) => one.kind === 'pending' || hasNoCertainNode(one)).length;
  const pending = tasks.filter((one) => one.kind === 'pending');
  const [first] = pending;
  return {
    newTasks: tasks.length,
    nodes: Object.fromEntries(
      [...perNode].map(([node, range]) => [names.get(node) ?? node, range]),
    ),
    ...(first && {
      pending: {
        least: pending.length,
        most,
        reason: first.reason,
        ...explain(first.verdicts, names),
      },
    }),
    ...(durationMs !== undefined && { durationMs }),
    ...(rollout && { rollout }),
    ...(stuck && {
      stuck: {
        reachable: stuck.reachable,
        slots: stuck.slots,
        reason: stuck.reason,
        ...explain(stuck.verdicts, names),
        nextSteps: stuck.nextSteps,
      },
    }),
  };
}

function hasNoCertainNode(one: ServicePrediction['tasks'][number]): boolean {
  return one.kind === 'one-of' && one.orPending !== undefined;
}

function explain(
  verdicts: readonly NodeVerdict[],
  names: ReadonlyMap<NodeId, string>,
): Pick<NonNullable<DocumentPrediction['pending']>, 'refusals' | 'nextSteps'> {
  return {
    refusals: verdicts.flatMap((one) =>
      one.kind === 'refused'
        ? [{ node: names.get(one.node) ?? one.node, filter: one.filter, shortfall: one.shortfall }]
        : [],
    ),
    nextSteps: nextSteps(verdicts),
  };
}
