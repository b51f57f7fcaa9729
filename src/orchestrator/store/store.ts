import type { Clock } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { Actor } from '../../swarm/task-state.ts';
import type { Commit } from './commit.ts';
import type { Persistence, SavedState } from './persistence.ts';
import { StoreError } from './store-error.ts';
import type { StoreView } from './store-view.ts';
import type { Row } from './row.ts';
import { OBJECT_KINDS, type ObjectKind, type StoredObject } from './stored-object.ts';
import { Tables } from './tables.ts';
import { OpenTransaction, type Transaction } from './transaction.ts';

/** What a store needs from outside. */
export interface StoreOptions {
  readonly clock: Clock;
  /** Absent: nothing outlives the store (simulation, prediction). */
  readonly persistence?: Persistence;
}

/** Is told of every commit, once, in order. Must be quick and must not write to the store. */
export type CommitHandler = (commit: Commit) => void;

/**
 * The cluster's state: typed tables, one writer at a time, versions, events.
 *
 * Synchronous: a transaction is one call, so whoever reads between two calls sees a consistent
 * state. Order of a commit: all writes become visible, the commit is handed to the persistence,
 * then every watcher is told, in the order of watching.
 * @source swarmkit manager/state/store/memory.go; spec/orchestrator.md section 3
 */
export class Store {
  readonly #clock: Clock;
  readonly #persistence: Persistence | undefined;
  readonly #tables = new Tables();
  #nextCreation = 0;
  #isBusy = false;
  #handlers: readonly CommitHandler[] = [];
  #durableVersion = 0;
  #failure: Error | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(options: StoreOptions) {
    this.#clock = options.clock;
    this.#persistence = options.persistence;
  }

  /** The live state: every call reads the newest commit. */
  get view(): StoreView {
    return this.#tables;
  }

  /**
   * Runs one transaction: all its writes become visible together, or none.
   *
   * Every object it writes gets the same new version index, one more than the last transaction's.
   * A transaction that writes nothing leaves no trace. Nothing may be written from inside another
   * transaction or a commit handler.
   * @param by - who writes; task states may be moved by their own writers only
   * @returns what `write` returns
   * @throws what `write` throws, after undoing its writes
   */
  update<T>(by: Actor, write: (tx: Transaction) => T): T {
    invariant(!this.#isBusy, 'the store is written from inside a transaction or a commit handler');
    if (this.#failure) throw new StoreError('not-durable', this.#failure);
    this.#isBusy = true;
    try {
      return this.#run(by, write);
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * Calls `handler` after every later commit; the returned function ends that.
   *
   * What is read from `view` in the same synchronous stretch is exactly the state before the first
   * commit the handler is told of: there is no gap and no overlap.
   */
  watch(handler: CommitHandler): () => void {
    this.#handlers = [...this.#handlers, handler];
    return () => {
      this.#handlers = this.#handlers.filter((one) => one !== handler);
    };
  }

  /** Reads the state and watches from exactly there on. */
  viewAndWatch<T>(
    read: (view: StoreView) => T,
    handler: CommitHandler,
  ): { readonly state: T; readonly stop: () => void } {
    return { state: read(this.view), stop: this.watch(handler) };
  }

  /**
   * Resolves when every transaction so far is on disk.
   * @throws Error (rejects) when one of them never will be
   */
  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const { version } = this.#tables;
    if (this.#durableVersion >= version) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ version, resolve, reject }));
  }

  /** Calls `run` when every transaction so far is on disk: at once if it is, never if one never will be. */
  whenDurable(run: () => void): void {
    if (this.#failure) return;
    const { version } = this.#tables;
    if (this.#durableVersion >= version) run();
    else this.#waiting.push({ version, resolve: run, reject: () => undefined });
  }

  /** Fills an empty store with what the persistence holds, or with `state`. Tells no watcher. */
  restore(state: SavedState): void {
    invariant(this.#tables.version === 0, 'only an empty store can be restored');
    for (const { kind, object } of state.objects) this.#place(kind, object);
    this.#tables.version = state.version;
    this.#durableVersion = state.version;
  }

  /** Everything in the store, in the order of OBJECT_KINDS and of creation. */
  save(): SavedState {
    return {
      version: this.#tables.version,
      objects: OBJECT_KINDS.flatMap((kind) =>
        this.#tables.list(kind).map((object) => ({ kind, object })),
      ),
    };
  }

  #place(kind: ObjectKind, object: StoredObject): void {
    const table = this.#tables.table(kind) as { insert(row: Row<StoredObject>): void };
    table.insert({ object, pending: undefined });
    this.#nextCreation = Math.max(this.#nextCreation, object.CreationIndex + 1);
  }

  #run<T>(by: Actor, write: (tx: Transaction) => T): T {
    const tables = this.#tables;
    const at = this.#clock.now();
    const version = tables.version + 1;
    const stamp = { by, at, version: { Index: version }, timestamp: formatTimestamp(at) };
    const tx = new OpenTransaction(tables, stamp, this.#nextCreation);
    let result: T;
    try {
      result = write(tx);
      invariant(!(result instanceof Promise), 'a transaction is synchronous');
    } catch (error) {
      tx.undo();
      throw error;
    }
    const changes = tx.changes();
    if (changes.length > 0) {
      this.#nextCreation = tx.nextCreation;
      tables.version = version;
      this.#publish({ version, at, by, changes });
    }
    return result;
  }

  #publish(commit: Commit): void {
    if (this.#persistence) {
      this.#persistence.append(commit, (error) => this.#written(commit.version, error));
    } else this.#durableVersion = commit.version;
    for (const handler of this.#handlers) handler(commit);
  }

  #written(version: number, error: Error | undefined): void {
    if (error) this.#failure ??= error;
    else this.#durableVersion = version;
    while (this.#failure || (this.#waiting[0]?.version ?? Infinity) <= this.#durableVersion) {
      const first = this.#waiting.shift();
      if (!first) return;
      if (this.#failure) first.reject(this.#failure);
      else first.resolve();
    }
  }
}

/** Someone who waits until a version is on disk. */
interface Waiting {
  readonly version: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
