import type { Instant } from '../../base/clock.ts';
import type { Actor } from '../../swarm/task-state.ts';
import type { ObjectByKind, ObjectKind } from './stored-object.ts';

/**
 * What one transaction did to one object: its state before and after, however often it was written.
 *
 * Created: no `old`. Removed: no `object`.
 */
export type Change = { readonly [K in ObjectKind]: ChangeOf<K> }[ObjectKind];

/** The changes of one kind of object. */
export type ChangeOf<K extends ObjectKind> =
  | {
      readonly kind: K;
      readonly action: 'create';
      readonly object: ObjectByKind[K];
      readonly old?: undefined;
    }
  | {
      readonly kind: K;
      readonly action: 'update';
      readonly object: ObjectByKind[K];
      readonly old: ObjectByKind[K];
    }
  | {
      readonly kind: K;
      readonly action: 'remove';
      readonly object?: undefined;
      readonly old: ObjectByKind[K];
    };

/**
 * One committed transaction. The same value is given to every watcher: sharing it is what makes
 * fan-out cost nothing per change.
 */
export interface Commit {
  /** The version index that every object written by it carries. */
  readonly version: number;
  readonly at: Instant;
  readonly by: Actor;
  /** In the order of first writes; never empty. */
  readonly changes: readonly Change[];
}
