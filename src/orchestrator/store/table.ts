import { invariant } from '../../base/invariant.ts';
import { byCreation, type Row } from './row.ts';
import type { SecondaryIndex } from './secondary-index.ts';
import type { StoredMeta } from './stored-object.ts';
import { StoreError } from './store-error.ts';

/** How a table differs from a plain id map. */
export interface TableOptions<T> {
  /** Present when names are unique without regard to case. */
  readonly nameOf?: (object: T) => string;
  readonly indexes?: readonly SecondaryIndex<T & StoredMeta>[];
}

/** All objects of one kind, by id, by name and by the secondary indexes; in creation order. */
export class Table<T extends StoredMeta & { readonly ID: string }> {
  #rows = new Map<string, Row<T>>();
  #last = -1;
  #isSorted = true;
  readonly #names = new Map<string, Row<T>>();
  readonly #nameOf: ((object: T) => string) | undefined;
  readonly #indexes: readonly SecondaryIndex<T>[];

  constructor(options: TableOptions<T> = {}) {
    this.#nameOf = options.nameOf;
    this.#indexes = options.indexes ?? [];
  }

  get size(): number {
    return this.#rows.size;
  }

  row(id: string): Row<T> | undefined {
    return this.#rows.get(id);
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)?.object;
  }

  byName(name: string): T | undefined {
    return this.#names.get(name.toLowerCase())?.object;
  }

  objects(): T[] {
    if (!this.#isSorted) this.#sort();
    const objects: T[] = [];
    for (const row of this.#rows.values()) objects.push(row.object);
    return objects;
  }

  byIdPrefix(prefix: string): T[] {
    return this.objects().filter((object) => object.ID.startsWith(prefix));
  }

  /** @throws StoreError when the id or the name is taken */
  insert(row: Row<T>): void {
    const { object } = row;
    if (this.#rows.has(object.ID)) throw new StoreError('exists');
    this.#assertNameFree(row);
    if (object.CreationIndex < this.#last) this.#isSorted = false;
    else this.#last = object.CreationIndex;
    this.#rows.set(object.ID, row);
    if (this.#nameOf) this.#names.set(this.#nameOf(object).toLowerCase(), row);
    for (const index of this.#indexes) index.insert(row);
  }

  /** @throws StoreError when the new name is taken */
  replace(row: Row<T>, next: T): void {
    const old = row.object;
    invariant(old.ID === next.ID, 'an object keeps its id');
    row.object = next;
    if (this.#nameOf) this.#rename(row, old);
    for (const index of this.#indexes) index.replace(row, old);
  }

  remove(row: Row<T>): void {
    this.#rows.delete(row.object.ID);
    if (this.#nameOf) this.#names.delete(this.#nameOf(row.object).toLowerCase());
    for (const index of this.#indexes) index.remove(row);
  }

  #rename(row: Row<T>, old: T): void {
    if (!this.#nameOf) return;
    const before = this.#nameOf(old).toLowerCase();
    const after = this.#nameOf(row.object).toLowerCase();
    if (before === after) return;
    if (this.#names.has(after)) {
      row.object = old;
      throw new StoreError('name-conflict');
    }
    this.#names.delete(before);
    this.#names.set(after, row);
  }

  #assertNameFree(row: Row<T>): void {
    if (this.#nameOf && this.#names.has(this.#nameOf(row.object).toLowerCase())) {
      throw new StoreError('name-conflict');
    }
  }

  #sort(): void {
    const rows = [...this.#rows.values()].sort(byCreation);
    this.#rows = new Map(rows.map((row) => [row.object.ID, row]));
    this.#isSorted = true;
  }
}
