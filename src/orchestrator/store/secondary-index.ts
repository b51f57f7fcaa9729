import type { ServiceId } from '../../swarm/object.ts';
import { byCreation, RowSet, type Row } from './row.ts';
import { slotKeyOf, type SlotKey } from './store-view.ts';
import type { StoredMeta, StoredTask } from './stored-object.ts';

/** Finds rows by something other than their id; kept by the table on every write. */
export interface SecondaryIndex<T extends StoredMeta> {
  insert(row: Row<T>): void;
  remove(row: Row<T>): void;
  /** Called with `row.object` already new. */
  replace(row: Row<T>, old: T): void;
}

/** Rows by one key each; objects whose key is undefined are left out. */
export class GroupIndex<T extends StoredMeta, Key> implements SecondaryIndex<T> {
  readonly #keyOf: (object: T) => Key | undefined;
  readonly #groups = new Map<Key, RowSet<T>>();

  constructor(keyOf: (object: T) => Key | undefined) {
    this.#keyOf = keyOf;
  }

  insert(row: Row<T>): void {
    this.#add(this.#keyOf(row.object), row);
  }

  remove(row: Row<T>): void {
    this.#delete(this.#keyOf(row.object), row);
  }

  replace(row: Row<T>, old: T): void {
    const before = this.#keyOf(old);
    const after = this.#keyOf(row.object);
    if (before === after) return;
    this.#delete(before, row);
    this.#add(after, row);
  }

  /** Objects with that key in creation order. */
  find(key: Key): T[] {
    return this.#groups.get(key)?.objects() ?? [];
  }

  #add(key: Key | undefined, row: Row<T>): void {
    if (key === undefined) return;
    let group = this.#groups.get(key);
    if (!group) {
      group = new RowSet();
      this.#groups.set(key, group);
    }
    group.add(row);
  }

  #delete(key: Key | undefined, row: Row<T>): void {
    if (key === undefined) return;
    const group = this.#groups.get(key);
    group?.delete(row);
    if (group?.size === 0) this.#groups.delete(key);
  }
}

/** Rows by any number of keys each. */
export class ReferenceIndex<T extends StoredMeta> implements SecondaryIndex<T> {
  readonly #keysOf: (object: T) => ReadonlySet<string>;
  readonly #groups = new Map<string, RowSet<T>>();

  constructor(keysOf: (object: T) => ReadonlySet<string>) {
    this.#keysOf = keysOf;
  }

  insert(row: Row<T>): void {
    for (const key of this.#keysOf(row.object)) this.#add(key, row);
  }

  remove(row: Row<T>): void {
    for (const key of this.#keysOf(row.object)) this.#delete(key, row);
  }

  replace(row: Row<T>, old: T): void {
    const before = this.#keysOf(old);
    const after = this.#keysOf(row.object);
    for (const key of before) if (!after.has(key)) this.#delete(key, row);
    for (const key of after) if (!before.has(key)) this.#add(key, row);
  }

  /** Objects with that key in creation order. */
  find(key: string): T[] {
    return this.#groups.get(key)?.objects() ?? [];
  }

  #add(key: string, row: Row<T>): void {
    let group = this.#groups.get(key);
    if (!group) {
      group = new RowSet();
      this.#groups.set(key, group);
    }
    group.add(row);
  }

  #delete(key: string, row: Row<T>): void {
    const group = this.#groups.get(key);
    group?.delete(row);
    if (group?.size === 0) this.#groups.delete(key);
  }
}

/**
 * Tasks by slot. Nearly every slot holds one to six tasks, so a slot is a row or a short sorted
 * array: at a million tasks a Set for each would cost more than the tasks.
 */
export class SlotIndex implements SecondaryIndex<StoredTask> {
  readonly #services = new Map<ServiceId, Map<SlotKey, Row<StoredTask> | Row<StoredTask>[]>>();

  insert(row: Row<StoredTask>): void {
    this.#add(row.object, row);
  }

  remove(row: Row<StoredTask>): void {
    this.#delete(row.object, row);
  }

  replace(row: Row<StoredTask>, old: StoredTask): void {
    const isSame =
      slotKeyOf(old) === slotKeyOf(row.object) && old.ServiceID === row.object.ServiceID;
    if (isSame) return;
    this.#delete(old, row);
    this.#add(row.object, row);
  }

  find(service: ServiceId, slot: SlotKey): StoredTask[] {
    const held = this.#services.get(service)?.get(slot);
    if (!held) return [];
    return Array.isArray(held) ? held.map((row) => row.object) : [held.object];
  }

  #add(task: StoredTask, row: Row<StoredTask>): void {
    let slots = this.#services.get(task.ServiceID);
    if (!slots) {
      slots = new Map();
      this.#services.set(task.ServiceID, slots);
    }
    const key = slotKeyOf(task);
    const held = slots.get(key);
    if (!held) slots.set(key, row);
    else if (Array.isArray(held)) insertSorted(held, row);
    else slots.set(key, [held, row].sort(byCreation));
  }

  #delete(task: StoredTask, row: Row<StoredTask>): void {
    const slots = this.#services.get(task.ServiceID);
    const key = slotKeyOf(task);
    const held = slots?.get(key);
    if (!slots || !held) return;
    const left = Array.isArray(held) ? held.filter((one) => one !== row) : [];
    if (left.length > 0) slots.set(key, left);
    else slots.delete(key);
    if (slots.size === 0) this.#services.delete(task.ServiceID);
  }
}

function insertSorted(rows: Row<StoredTask>[], row: Row<StoredTask>): void {
  let at = rows.length;
  while (at > 0 && byCreation(rows[at - 1] as Row<StoredTask>, row) > 0) at -= 1;
  rows.splice(at, 0, row);
}
