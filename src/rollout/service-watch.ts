import type { Instant } from '../base/clock.ts';
import type { ServiceView } from './events.ts';

/** A service to watch. */
export interface WatchTarget {
  readonly name: string;
  readonly serviceId: string;
  /** What the deploy did to it: history means something else for each. */
  readonly change: 'created' | 'updated' | 'kept' | 'rolled-back';
}

/** What is remembered of one service between two looks. */
export interface ServiceWatch {
  readonly target: WatchTarget;
  /** When the service was first looked at. */
  readonly since: Instant | undefined;
  /** When each task was first seen running. */
  readonly runningSince: ReadonlyMap<string, Instant>;
  /** Tasks that had ended before the watch began. */
  readonly endedBefore: ReadonlySet<string>;
  /** Tasks seen to fail since, by slot. */
  readonly failures: ReadonlyMap<string, ReadonlySet<string>>;
  /** Since when nothing is wanted in a slot that is not done. */
  readonly abandonedSince: Instant | undefined;
  /** Set once nothing more can change. */
  readonly verdict: ServiceView | undefined;
}
