import type { Clock } from '../base/clock.ts';
import type { Executor } from '../orchestrator/agent/executor.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import { Wakeup } from '../orchestrator/wakeup.ts';
import type { TaskId } from '../swarm/object.ts';

/**
 * Ends what ran on nodes that are removed.
 *
 * A machine that is lost takes its tasks along, or they run on where nobody sees them. The machine
 * of a logical node that failed and was removed is still this one: nothing else would end them.
 */
export function followRemovals(store: Store, clock: Clock, executor: Executor): () => void {
  const wakeup = new Wakeup(clock, () => executor.sweep(tasksWithNode(store.view)));
  const end = store.watch(({ changes }) => {
    if (changes.some((one) => one.kind === 'node' && one.action === 'remove')) wakeup.now();
  });
  return () => {
    end();
    wakeup.stop();
  };
}

/** The tasks that some node is there to look after. */
function tasksWithNode(view: StoreView): ReadonlySet<TaskId> {
  const tasks = view.list('task').filter(({ NodeID }) => !NodeID || view.get('node', NodeID));
  return new Set(tasks.map((one) => one.ID));
}
