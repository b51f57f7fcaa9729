/** One text that is kept of a stack's deploys, under a name that is unique within the stack. */
export interface StoredRecord {
  /** Letters, digits, dots, hyphens. */
  readonly name: string;
  readonly text: string;
}

/** A lock as it stands in the store. */
export interface StoredLock {
  readonly text: string;
  /** Which of all locks there have been; the store's own. */
  readonly handle: string;
}

/** All that is kept of one stack. */
export interface StoreContent {
  /** Whole records only, by name. */
  readonly records: ReadonlyMap<string, string>;
  readonly lock: StoredLock | undefined;
}

/**
 * Where revisions, journal and lock of one stack are kept.
 *
 * Implementations: `cluster-store.ts` (configs of the cluster), host/release-files.ts (files of this
 * machine), test/support (memory). All writes are whole or not at all.
 */
export interface ReleaseStore {
  readonly kind: 'cluster' | 'local';
  /** What is there now; empty when nothing was ever written. */
  read(): Promise<StoreContent>;
  /** Adds a record; one of that name must not exist. */
  write(record: StoredRecord): Promise<void>;
  /** Removes a record; one that is not there is fine. */
  remove(name: string): Promise<void>;
  /**
   * Makes a lock where there is none, or in place of exactly `over`.
   * @returns undefined when somebody else was first
   */
  createLock(text: string, over: StoredLock | undefined): Promise<StoredLock | undefined>;
  /** Changes the text of a lock; undefined when it is not there any more. */
  renewLock(lock: StoredLock, text: string): Promise<StoredLock | undefined>;
  /** Removes exactly this lock; one that is not there is fine. */
  removeLock(lock: StoredLock): Promise<void>;
}
