import { isComplete, isOfIteration, isUnderWay } from '../orchestrator/reconcile/job-tasks.ts';
import { isDirty } from '../orchestrator/reconcile/task-dirty.ts';
import { serviceStatus } from '../orchestrator/service-status.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredService, StoredTask } from '../orchestrator/store/stored-object.ts';
import type { NodeId } from '../swarm/object.ts';

/** One service at one instant. */
export interface Judgement {
  readonly isJob: boolean;
  /** Tasks that run, are meant to, and whose node is there. */
  readonly available: number;
  readonly wanted: number;
  /** Why it is not as declared; undefined when it is. */
  readonly shortfall?: string | undefined;
}

/** Judges a service by what really runs, not by what the cluster believes of lost nodes. Pure. */
export function judgeService(
  service: StoredService,
  view: StoreView,
  lost: ReadonlySet<NodeId>,
): Judgement {
  const tasks = view.tasksByService(service.ID);
  const { Mode } = service.Spec;
  if (Mode?.ReplicatedJob ?? Mode?.GlobalJob) return judgeJob(service, tasks, lost);
  const running = tasks.filter((task) => isAvailable(task, lost));
  const wanted = serviceStatus(service, tasks).DesiredTasks;
  const current = running.filter((task) => !isDirty(service, task, view)).length;
  const state = updateTrouble(service);
  const count = current === wanted ? undefined : `${current} of ${wanted} tasks run as declared`;
  return { isJob: false, available: running.length, wanted, shortfall: state ?? count };
}

function judgeJob(
  service: StoredService,
  tasks: readonly StoredTask[],
  lost: ReadonlySet<NodeId>,
): Judgement {
  const run = tasks.filter((task) => isOfIteration(task, service));
  const job = service.Spec.Mode?.ReplicatedJob;
  const done = run.filter(isComplete).length;
  const wanted = job ? (job.TotalCompletions ?? job.MaxConcurrent ?? 1) : run.length;
  const available = run.filter((task) => isAvailable(task, lost)).length;
  const isOver = done >= wanted && !run.some(isUnderWay);
  const shortfall = isOver ? undefined : `${done} of ${wanted} runs are complete`;
  return { isJob: true, available, wanted, shortfall };
}

function isAvailable(task: StoredTask, lost: ReadonlySet<NodeId>): boolean {
  const { Status, DesiredState, NodeID } = task;
  const isWanted = DesiredState === 'running' || DesiredState === 'complete';
  const runs = Status.State === 'running' && isWanted;
  return runs && !(NodeID && lost.has(NodeID));
}

function updateTrouble({ UpdateStatus }: StoredService): string | undefined {
  const { State, Message } = UpdateStatus ?? {};
  switch (State) {
    case 'updating':
      return 'the update is under way';
    case 'rollback_started':
      return 'the rollback is under way';
    case 'paused':
    case 'rollback_paused':
    case 'rollback_completed':
      return `${State.replace('_', ' ')}: ${Message ?? ''}`;
    case 'completed':
    case undefined:
      return undefined;
  }
}
