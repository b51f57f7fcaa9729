import type { Instant } from '../../base/clock.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { SlotKey, StoreView } from '../store/store-view.ts';
import type { StoredService } from '../store/stored-object.ts';
import type { ShouldRestart } from '../reconcile/slots.ts';
import type { ResolvedUpdateConfig } from './update-config.ts';

/** One slot being worked on. */
export interface Work {
  readonly slot: SlotKey;
  /** The task that is to hold the slot. */
  readonly task: TaskId;
  /** Tasks to shut down once it runs; empty unless start-first. */
  readonly replaces: readonly TaskId[];
  /** `start`: done once its delayed start is over; `run`: once it ran, or ended. */
  readonly until: 'start' | 'run';
}

/**
 * What one service update remembers between steps.
 *
 * Owned by the step: what is passed in is used up, go on with what comes back.
 */
export interface UpdateState {
  /** The service as it was when the update began; new tasks are made from it. */
  readonly service: StoredService;
  readonly config: ResolvedUpdateConfig;
  /** Slots to bring to the new spec, ascending. */
  readonly dirty: readonly SlotKey[];
  /** How many of `dirty` were handed out. */
  next: number;
  /** Slots under way, by the task that is to hold them; never more than the parallelism. */
  readonly working: Map<TaskId, Work>;
  /** Ends of the delays of workers that rest after a slot, ascending. */
  readonly resting: Instant[];
  /** Tasks created by this update and not yet failed: when each was first seen running. */
  readonly created: Map<TaskId, Instant | undefined>;
  failures: number;
  /** `stopped` hands out nothing more, `monitoring` only watches for failures. */
  phase: 'rolling' | 'stopped' | 'monitoring';
  monitorUntil: Instant | undefined;
}

/** What a step may look at, and where new ids come from. */
export interface UpdateFacts {
  readonly view: StoreView;
  readonly now: Instant;
  readonly newTaskId: () => TaskId;
  readonly shouldRestart: ShouldRestart;
}
