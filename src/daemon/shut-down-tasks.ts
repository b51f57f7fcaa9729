import type { Controller, Executor } from '../orchestrator/agent/executor.ts';
import { resolveAssignment } from '../orchestrator/agent/resolve-assignment.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import { taskStateRank } from '../swarm/task-state.ts';

/**
 * Stops what runs, in good order, without a word to the store: the cluster wants it all to run, and
 * finds it ended when it starts next, as after a reboot.
 *
 * To be called once the agents are at rest.
 */
export async function shutDownTasks(view: StoreView, executor: Executor): Promise<void> {
  const tasks = view.list('task').filter(mayRun);
  await Promise.all(tasks.map((task) => shutDown(view, executor, task)));
}

function mayRun({ NodeID, Status }: StoredTask): boolean {
  const rank = taskStateRank(Status.State);
  if (NodeID === undefined) return false;
  return rank >= taskStateRank('preparing') && rank <= taskStateRank('running');
}

function shutDown(view: StoreView, executor: Executor, task: StoredTask): Promise<void> {
  return new Promise((resolve) => {
    let controller: Controller;
    try {
      controller = executor.createController(resolveAssignment(view, task));
    } catch {
      // A task that cannot be run as specified does not run.
      resolve();
      return;
    }
    controller.shutdown(() => {
      controller.close();
      resolve();
    });
  });
}
