import type { Commit } from './commit.ts';
import type { StoredObject, ObjectKind } from './stored-object.ts';

/** Everything a store holds, as data. Lists in any order. */
export interface SavedState {
  /** Version index of the last transaction in it. */
  readonly version: number;
  readonly objects: readonly { readonly kind: ObjectKind; readonly object: StoredObject }[];
}

/**
 * Where commits survive the process. Implementations: `memory-persistence.ts`; a disk in `host/`.
 *
 * Objects of one commit and of different ones share sub-objects (a task's Spec is its service's
 * TaskTemplate); an implementation keeps that sharing, or a restart would not fit in memory.
 */
export interface Persistence {
  /** What was appended so far, empty for a new cluster. Called once, before any append. */
  load(): Promise<SavedState | undefined>;
  /**
   * Takes one commit; commits become durable in the order of the calls.
   *
   * Calls `done` once: without argument when the commit is on disk, with an error when it never
   * will be (then the store refuses all further writes).
   */
  append(commit: Commit, done: (error?: Error) => void): void;
}
