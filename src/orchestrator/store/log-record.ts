import { invariant } from '../../base/invariant.ts';
import type { Commit } from './commit.ts';
import type { SavedState } from './persistence.ts';
import { sharedMembers, swapShared } from './shared-members.ts';
import { SharedValues, type SharedReference } from './shared-values.ts';
import type { ObjectKind, StoredObject } from './stored-object.ts';

/** Raised when the form below changes; readers refuse what is newer than themselves. */
export const SCHEMA_VERSION = 1;

/**
 * One commit as plain JSON: what to write, in the order values, puts, removals, dropped values.
 * In the objects, a `SharedReference` stands in place of what is shared.
 *
 * Applying the records of a log in order to an empty state gives the store's state; a snapshot is
 * one record with everything in it.
 */
export interface LogRecord {
  readonly schema: number;
  readonly version: number;
  /** Shared values first used here. */
  readonly values: readonly (readonly [ref: number, value: object])[];
  readonly puts: readonly (readonly [kind: ObjectKind, object: StoredObject])[];
  readonly removals: readonly (readonly [kind: ObjectKind, id: string])[];
  /** Shared values no longer used. */
  readonly dropped: readonly number[];
}

/** Turns commits into records. Keeps count of who shares what, so it must see every commit. */
export class CommitEncoder {
  readonly #shared = new SharedValues();

  /** Enters what a log held, so that sharing goes on where it ended. */
  restore(values: ReadonlyMap<number, object>, state: SavedState): void {
    for (const [ref, value] of values) this.#shared.restore(ref, value);
    for (const { kind, object } of state.objects) {
      for (const member of sharedMembers(kind, object)) this.#shared.acquire(member);
    }
  }

  encode(commit: Commit): LogRecord {
    const values: [number, object][] = [];
    const puts: [ObjectKind, StoredObject][] = [];
    const removals: [ObjectKind, string][] = [];
    const acquire = (value: object): SharedReference => {
      const { reference, isNew } = this.#shared.acquire(value);
      if (isNew) values.push([reference.$ref, value]);
      return reference;
    };
    for (const { kind, object, old } of commit.changes) {
      if (object) puts.push([kind, swapShared(kind, object, acquire)]);
      else if (old) removals.push([kind, old.ID]);
    }
    const dropped = commit.changes.flatMap(({ kind, old }) =>
      old ? this.#release(kind, old) : [],
    );
    return { schema: SCHEMA_VERSION, version: commit.version, values, puts, removals, dropped };
  }

  #release(kind: ObjectKind, old: StoredObject): number[] {
    return sharedMembers(kind, old).flatMap((member) => this.#shared.release(member) ?? []);
  }
}

/** Consecutive records as one with the same effect: of what was written several times, the last. */
export function mergeRecords(records: readonly [LogRecord, ...LogRecord[]]): LogRecord {
  const [first, ...later] = records;
  if (later.length === 0) return first;
  const values = new Map<number, object>();
  const dropped = new Set<number>();
  const puts = new Map<string, LogRecord['puts'][number]>();
  const removals = new Map<string, LogRecord['removals'][number]>();
  for (const record of records) {
    for (const [ref, value] of record.values) values.set(ref, value);
    for (const put of record.puts) {
      const place = `${put[0]}/${put[1].ID}`;
      puts.set(place, put);
      removals.delete(place);
    }
    for (const removal of record.removals) {
      const place = `${removal[0]}/${removal[1]}`;
      puts.delete(place);
      removals.set(place, removal);
    }
    for (const ref of record.dropped) {
      values.delete(ref);
      dropped.add(ref);
    }
  }
  return {
    schema: first.schema,
    version: later.at(-1)?.version ?? first.version,
    values: [...values],
    puts: [...puts.values()],
    removals: [...removals.values()],
    dropped: [...dropped],
  };
}

/** A state built up from records, or from the key-value form of one. */
export class LogReplay {
  readonly #values = new Map<number, object>();
  readonly #objects = new Map<string, readonly [kind: ObjectKind, object: StoredObject]>();
  #version = 0;

  /** @throws InvariantError when the record was written by a newer program */
  apply(record: LogRecord): void {
    invariant(
      record.schema <= SCHEMA_VERSION,
      `the cluster state has schema ${record.schema}, this program reads up to ${SCHEMA_VERSION}`,
    );
    for (const [ref, value] of record.values) this.#values.set(ref, value);
    for (const put of record.puts) this.#objects.set(`${put[0]}/${put[1].ID}`, put);
    for (const [kind, id] of record.removals) this.#objects.delete(`${kind}/${id}`);
    for (const ref of record.dropped) this.#values.delete(ref);
    this.#version = record.version;
  }

  /** Everything applied so far as one record: a snapshot. */
  toRecord(): LogRecord {
    return {
      schema: SCHEMA_VERSION,
      version: this.#version,
      values: [...this.#values],
      puts: [...this.#objects.values()],
      removals: [],
      dropped: [],
    };
  }

  /** The state, its sharing restored, and an encoder that goes on from it. */
  finish(): { readonly state: SavedState; readonly encoder: CommitEncoder } {
    const state: SavedState = {
      version: this.#version,
      objects: [...this.#objects.values()].map(([kind, object]) => ({
        kind,
        object: swapShared(kind, object, (value) => this.#resolve(value)),
      })),
    };
    const encoder = new CommitEncoder();
    encoder.restore(this.#values, state);
    return { state, encoder };
  }

  #resolve(value: object): object {
    const { $ref } = value as SharedReference;
    const found = this.#values.get($ref);
    invariant(found, `the cluster state lacks shared value ${$ref}`);
    return found;
  }
}
