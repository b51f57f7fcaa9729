import type { Instant } from '../base/clock.ts';
import { findStuckUpdateIn, type StuckUpdate } from '../orchestrator/update/find-stuck-update.ts';
import type { NodeVerdict } from '../orchestrator/scheduler/explain-nodes.ts';
import type { ObservedCluster } from '../orchestrator/scheduler/observed-cluster.ts';
import { explainTask, type TaskExplanation } from '../orchestrator/why/explain-task.ts';
import type { TaskSelection } from '../orchestrator/why/select-tasks.ts';
import type { NodeId } from '../swarm/object.ts';

type Selected = Extract<TaskSelection, { readonly kind: 'task' | 'service' }>;

/** What `tstack why` found out; `--format json` prints it as it is. */
export interface WhyDocument {
  readonly format: 'tstack-why';
  readonly version: 1;
  /** Set when a whole service was asked for. */
  readonly service?: string;
  readonly tasks: readonly TaskExplanation[];
  /** Why the update of the service (of the first task's) cannot go on; absent when it can. */
  readonly stuckUpdate?: StuckUpdate;
  /** Hostnames of all nodes by id. */
  readonly nodes: Readonly<Record<string, string>>;
}

/** Explains what was selected. Pure. */
export function whyDocument(
  selection: Selected,
  cluster: ObservedCluster,
  now: Instant,
): WhyDocument {
  const tasks = selection.kind === 'task' ? [selection.task] : selection.tasks;
  const service =
    selection.kind === 'service'
      ? selection.service
      : cluster.services.find(({ ID }) => ID === selection.task.ServiceID);
  const stuckUpdate = service && findStuckUpdateIn(cluster, service, now);
  return {
    format: 'tstack-why',
    version: 1,
    ...(selection.kind === 'service' && { service: selection.service.Spec.Name }),
    tasks: tasks.map((task) => explainTask(task, cluster, now)),
    ...(stuckUpdate && { stuckUpdate }),
    nodes: Object.fromEntries(
      cluster.nodes.map(({ ID, Description }) => [ID, Description.Hostname || ID]),
    ),
  };
}

/** Why each node refuses, a line per node: all filters, the scheduler's first. */
export function verdictLines(
  verdicts: readonly NodeVerdict[],
  nameOf: (node: NodeId) => string,
): readonly (readonly [name: string, text: string])[] {
  return verdicts.map((one) => {
    if (one.kind === 'suits') return [nameOf(one.node), 'suits'];
    const texts = [one, ...one.also].map(({ filter, shortfall }) =>
      // What a shortfall of resources is about, it says itself.
      filter === 'resources' ? shortfall : `${filter}: ${shortfall}`,
    );
    return [nameOf(one.node), texts.join('; ')];
  });
}
