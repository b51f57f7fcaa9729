import type { Instant } from '../base/clock.ts';
import type { ServiceId, TaskId } from '../swarm/object.ts';
import type { UpdateStatus } from '../swarm/service.ts';
import type { TaskState } from '../swarm/task-state.ts';
import type { Draft, StoredTask } from './store/stored-object.ts';

/** A replacement that waits for its moment: desired READY until then. */
export interface DelayedStart {
  readonly task: TaskId;
  /** Never before this instant. */
  readonly notBefore: Instant;
  /** Also wait until this task has stopped, for at most one minute. */
  readonly waitFor?: TaskId | undefined;
}

/**
 * What a decision asks its driver to do; the driver commits the store writes of one decision in
 * one transaction.
 */
export type Action =
  | { readonly kind: 'create-task'; readonly task: Draft<StoredTask> }
  | { readonly kind: 'set-desired'; readonly task: TaskId; readonly desired: TaskState }
  | { readonly kind: 'delete-task'; readonly task: TaskId }
  | {
      readonly kind: 'set-update-status';
      readonly service: ServiceId;
      readonly status: UpdateStatus;
    }
  /** Restores the previous spec and forgets it; the update status says why. */
  | { readonly kind: 'roll-back'; readonly service: ServiceId; readonly status: UpdateStatus }
  | { readonly kind: 'delay-start'; readonly start: DelayedStart };

/** What is to be done now, and when time alone could change the answer. */
export interface Decision<State> {
  /** To be handed to the next step; undefined when there is nothing more to do. */
  readonly state: State | undefined;
  readonly actions: readonly Action[];
  readonly wakeAt?: Instant | undefined;
}
