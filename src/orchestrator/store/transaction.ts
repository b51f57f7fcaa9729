import type { Instant } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { Version } from '../../swarm/object.ts';
import {
  isLegalBirth,
  isLegalDesiredTransition,
  isLegalTransition,
  type Actor,
} from '../../swarm/task-state.ts';
import type { Change } from './commit.ts';
import type { Pending, Row } from './row.ts';
import type { StoreView } from './store-view.ts';
import { StoreError } from './store-error.ts';
import type { Draft, ObjectByKind, ObjectKind, StoredMeta, StoredTask } from './stored-object.ts';
import type { Tables } from './tables.ts';

/** Reads and writes of one transaction. */
export interface Transaction {
  /** The state with this transaction's own writes in it. */
  readonly view: StoreView;
  /**
   * Stores a new object and gives it back with its meta data.
   * @throws StoreError `exists` or `name-conflict`
   */
  create<K extends ObjectKind>(kind: K, draft: Draft<ObjectByKind[K]>): ObjectByKind[K];
  /**
   * Replaces an object and gives it back with its new version.
   *
   * `next` is built from the object read (`{ ...task, DesiredState }`): its Version must be the
   * stored one.
   * @throws StoreError `out-of-sequence`, `missing` or `name-conflict`
   * @throws InvariantError when the actor may not move a task so
   */
  update<K extends ObjectKind>(kind: K, next: ObjectByKind[K]): ObjectByKind[K];
  /** @throws StoreError `missing` */
  remove<K extends ObjectKind>(kind: K, id: ObjectByKind[K]['ID']): void;
}

/** What the store stamps on everything one transaction writes. */
export interface Stamp {
  readonly by: Actor;
  readonly at: Instant;
  readonly version: Version;
  readonly timestamp: string;
}

type AnyPending = { readonly kind: ObjectKind; readonly pending: Pending<StoredMeta> };

/** Writes straight into the tables and remembers how to undo it. */
export class OpenTransaction implements Transaction {
  readonly #tables: Tables;
  readonly #stamp: Stamp;
  readonly #touched: AnyPending[] = [];
  #nextCreation: number;
  #isOpen = true;

  constructor(tables: Tables, stamp: Stamp, nextCreation: number) {
    this.#tables = tables;
    this.#stamp = stamp;
    this.#nextCreation = nextCreation;
  }

  get view(): StoreView {
    return this.#tables;
  }

  get nextCreation(): number {
    return this.#nextCreation;
  }

  create<K extends ObjectKind>(kind: K, draft: Draft<ObjectByKind[K]>): ObjectByKind[K] {
    this.#assertOpen();
    const { version, timestamp, by } = this.#stamp;
    const object = {
      ...draft,
      Version: version,
      CreatedAt: timestamp,
      UpdatedAt: timestamp,
      CreationIndex: this.#nextCreation,
    } as ObjectByKind[K];
    if (kind === 'task') assertBirth(object as StoredTask, by);
    const row: Row<ObjectByKind[K]> = { object, pending: undefined };
    this.#tables.table(kind).insert(row);
    this.#nextCreation += 1;
    this.#touch(kind, row, undefined);
    return object;
  }

  update<K extends ObjectKind>(kind: K, next: ObjectByKind[K]): ObjectByKind[K] {
    this.#assertOpen();
    const table = this.#tables.table(kind);
    const row = table.row(next.ID);
    if (!row) throw new StoreError('missing');
    const old = row.object;
    if (old.Version.Index !== next.Version.Index) throw new StoreError('out-of-sequence');
    if (kind === 'task') assertMove(old as StoredTask, next as StoredTask, this.#stamp.by);
    const object = {
      ...next,
      Version: this.#stamp.version,
      CreatedAt: old.CreatedAt,
      UpdatedAt: this.#stamp.timestamp,
      CreationIndex: old.CreationIndex,
    };
    table.replace(row, object);
    this.#touch(kind, row, old);
    return object;
  }

  remove<K extends ObjectKind>(kind: K, id: ObjectByKind[K]['ID']): void {
    this.#assertOpen();
    const table = this.#tables.table(kind);
    const row = table.row(id);
    if (!row) throw new StoreError('missing');
    table.remove(row);
    this.#touch(kind, row, row.object);
    if (row.pending) row.pending.isRemoved = true;
  }

  /** Ends the transaction and tells what it did, in the order of first writes. */
  changes(): Change[] {
    this.#isOpen = false;
    const changes: Change[] = [];
    for (const { kind, pending } of this.#touched) {
      pending.row.pending = undefined;
      const change = toChange(kind, pending);
      if (change) changes.push(change);
    }
    return changes;
  }

  /** Puts the tables back to where they were. */
  undo(): void {
    this.#isOpen = false;
    for (const { kind, pending } of this.#touched.reverse()) {
      const { row, old, isRemoved } = pending;
      row.pending = undefined;
      const table = this.#tables.table(kind) as unknown as UndoTable;
      if (!old) {
        if (!isRemoved) table.remove(row);
      } else if (isRemoved) {
        row.object = old;
        table.insert(row);
      } else table.replace(row, old);
    }
  }

  #assertOpen(): void {
    invariant(this.#isOpen, 'a transaction is used after its end');
  }

  #touch<T extends StoredMeta>(kind: ObjectKind, row: Row<T>, old: T | undefined): void {
    if (row.pending) return;
    const pending: Pending<T> = { row, old, isRemoved: false };
    row.pending = pending;
    this.#touched.push({ kind, pending });
  }
}

interface UndoTable {
  insert(row: Row<StoredMeta>): void;
  replace(row: Row<StoredMeta>, old: StoredMeta): void;
  remove(row: Row<StoredMeta>): void;
}

function toChange(kind: ObjectKind, { row, old, isRemoved }: Pending<StoredMeta>) {
  if (!isRemoved) {
    const action = old ? 'update' : 'create';
    return { kind, action, object: row.object, old } as unknown as Change;
  }
  return old ? ({ kind, action: 'remove', old } as unknown as Change) : undefined;
}

function assertBirth(task: StoredTask, by: Actor): void {
  invariant(
    isLegalBirth(task.DesiredState, task.Status.State, by),
    `${by} may not create a task as ${task.Status.State}, desired ${task.DesiredState}`,
  );
}

/** Invariant: observed and desired state only grow, each by its own writers; NodeID is set once. */
function assertMove(old: StoredTask, next: StoredTask, by: Actor): void {
  const from = old.Status.State;
  const to = next.Status.State;
  if (from !== to && !isLegalTransition(from, to, by)) {
    invariant(false, `${by} may not move task ${old.ID} from ${from} to ${to}`);
  }
  const wanted = next.DesiredState;
  if (old.DesiredState !== wanted && !isLegalDesiredTransition(old.DesiredState, wanted, by)) {
    invariant(false, `${by} may not want task ${old.ID} ${wanted} after ${old.DesiredState}`);
  }
  if (old.NodeID !== undefined && old.NodeID !== next.NodeID) {
    invariant(false, `${by} may not move task ${old.ID} to another node`);
  }
}
