import { compareStrings } from '../base/compare.ts';
import type { Node } from '../swarm/node.ts';
import type { Service } from '../swarm/service.ts';
import { classifyFailure } from '../swarm/task-failure.ts';
import type { Task } from '../swarm/task.ts';
import type { TaskFailureView } from './events.ts';
import type { ServiceWatch } from './service-watch.ts';
import type { Slot } from './task-slots.ts';

/** Failures of one service that are told; the others are most likely alike. */
const MAX_FAILURES_TOLD = 3;

interface Look {
  readonly watch: ServiceWatch;
  readonly service: Service;
  readonly slots: readonly Slot[];
  readonly nodes: ReadonlyMap<string, Node>;
}

/**
 * What keeps a service from converging: of each slot the newest task that failed since the watch
 * began or finds no node, newest first.
 *
 * Pure. After a rollback these are tasks of the spec that was given up.
 */
export function failuresOf({ watch, service, slots, nodes }: Look): readonly TaskFailureView[] {
  const isRolledBack = service.UpdateStatus?.State?.startsWith('rollback') === true;
  return slots
    .flatMap((slot) => {
      const candidates = isRolledBack ? slot.all : slot.current;
      const task = candidates.find((one) => hasTrouble(one) && !watch.endedBefore.has(one.ID));
      return task ? [{ slot, task }] : [];
    })
    .sort((a, b) => compareStrings(b.task.CreatedAt, a.task.CreatedAt))
    .slice(0, MAX_FAILURES_TOLD)
    .map(({ slot, task }) => toView(task, { slot, service, nodes }));
}

function hasTrouble({ Status }: Task): boolean {
  const { State, Err } = Status;
  if (State === 'pending') return Err !== undefined && Err !== '';
  return State === 'failed' || State === 'rejected' || State === 'orphaned';
}

function toView(
  task: Task,
  { slot, service, nodes }: Pick<Look, 'service' | 'nodes'> & { readonly slot: Slot },
): TaskFailureView {
  const node = nodes.get(task.NodeID ?? '')?.Description.Hostname;
  const memoryBytes = task.Spec.Resources?.Limits?.MemoryBytes;
  return {
    ...classifyFailure(task.Status, { memoryBytes }),
    taskId: task.ID,
    task: `${service.Spec.Name}.${nodes.has(slot.key) ? (node ?? slot.key) : slot.key}`,
    ...(node !== undefined && { node }),
    state: task.Status.State,
  };
}
