import type { StoredMeta } from './stored-object.ts';

/**
 * The place of one object in its table: indexes hold rows, so writing an object touches no index
 * whose key did not change.
 */
export interface Row<T extends StoredMeta> {
  object: T;
  /** What the open transaction did to it; undefined when untouched. */
  pending: Pending<T> | undefined;
}

/** A row's part in the open transaction. */
export interface Pending<T extends StoredMeta> {
  readonly row: Row<T>;
  /** The object before the transaction; undefined when the transaction created it. */
  readonly old: T | undefined;
  isRemoved: boolean;
}

/**
 * Rows in creation order.
 *
 * Rows mostly arrive in that order; a late one (a task gets its node) marks the set, which is
 * sorted when next read.
 */
export class RowSet<T extends StoredMeta> {
  #rows = new Set<Row<T>>();
  #last = -1;
  #isSorted = true;

  get size(): number {
    return this.#rows.size;
  }

  add(row: Row<T>): void {
    const rank = row.object.CreationIndex;
    if (rank < this.#last) this.#isSorted = false;
    else this.#last = rank;
    this.#rows.add(row);
  }

  delete(row: Row<T>): void {
    this.#rows.delete(row);
  }

  objects(): T[] {
    if (!this.#isSorted) this.#sort();
    const objects: T[] = [];
    for (const row of this.#rows) objects.push(row.object);
    return objects;
  }

  #sort(): void {
    this.#rows = new Set([...this.#rows].sort(byCreation));
    this.#isSorted = true;
  }
}

/** Order of creation. */
export function byCreation<T extends StoredMeta>(a: Row<T>, b: Row<T>): number {
  return a.object.CreationIndex - b.object.CreationIndex;
}
