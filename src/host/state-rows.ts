import { SCHEMA_VERSION, type LogRecord } from '../orchestrator/store/log-record.ts';
import { swapShared } from '../orchestrator/store/shared-members.ts';
import type { SharedReference } from '../orchestrator/store/shared-values.ts';
import type { ObjectKind, StoredObject } from '../orchestrator/store/stored-object.ts';
import type { StateKey } from './state-key.ts';

/** How far the state goes, written with every commit. */
export interface Head {
  /** Version index of the last commit. */
  readonly version: number;
  /** Number of object and value rows: a lost page is noticed by it. */
  readonly rows: number;
}

const HEAD_ROW = 'head';

/** Where things lie in the database. */
export const rowKey = {
  object: (kind: ObjectKind, id: string): string => `o/${kind}/${id}`,
  value: (ref: number): string => `v/${ref}`,
  note: (name: string): string => `n/${name}`,
} as const;

/** A note and its name. */
export type Note = readonly [name: string, text: string];

/** Everything a database holds besides its meta row. */
export interface StateContent extends LogRecord {
  readonly notes: readonly Note[];
}

/** A place in the database and what to put there. */
export type SealedRow = readonly [place: string, row: Buffer];

/** The rows that a record writes, its head included. */
export function sealRecord(record: LogRecord, head: Head, key: StateKey): readonly SealedRow[] {
  const seal = (place: string, value: unknown): SealedRow => [
    place,
    key.seal(place, JSON.stringify(value)),
  ];
  const dropped = new Set(record.dropped);
  return [
    ...record.values
      .filter(([ref]) => !dropped.has(ref))
      .map(([ref, value]) => seal(rowKey.value(ref), value)),
    ...record.puts.map(([kind, object]) => seal(rowKey.object(kind, object.ID), object)),
    seal(HEAD_ROW, head),
  ];
}

/** The rows of notes. */
export function sealNotes(notes: readonly Note[], key: StateKey): readonly SealedRow[] {
  return notes.map(([name, text]) => [rowKey.note(name), key.seal(rowKey.note(name), text)]);
}

/** What a database holds. */
export interface ReadRows {
  /** Everything that can be read. */
  readonly record: LogRecord;
  readonly notes: readonly Note[];
  /** Absent in a new database, and when it is damaged. */
  readonly head: Head | undefined;
  /** Places of rows that are not as they were written. */
  readonly damagedRows: readonly string[];
}

interface RowSource {
  getRange(): Iterable<{ readonly key: string; readonly value: Buffer }>;
}

/** Reads every row; damaged ones are named, not thrown. */
export function readRows(db: RowSource, key: StateKey, schema: number = SCHEMA_VERSION): ReadRows {
  const values: [number, object][] = [];
  const puts: [ObjectKind, StoredObject][] = [];
  const damagedRows: string[] = [];
  const notes: Note[] = [];
  let head: Head | undefined;
  for (const { key: place, value } of db.getRange()) {
    if (place === 'meta') continue;
    const text = key.open(place, value);
    const [part, kind = ''] = place.split('/');
    if (text === undefined) damagedRows.push(place);
    else if (place === HEAD_ROW) head = JSON.parse(text) as Head;
    else if (part === 'n') notes.push([kind, text]);
    else if (part === 'v') values.push([Number(kind), JSON.parse(text) as object]);
    else puts.push([kind as ObjectKind, JSON.parse(text) as StoredObject]);
  }
  const version = head?.version ?? highestVersion(puts);
  const record = { schema, version, values, puts, removals: [], dropped: [] };
  return { record, notes, head, damagedRows };
}

/** A record without what refers to a value that is not in it, and what was left out. */
export function withoutDangling(record: LogRecord): {
  readonly record: LogRecord;
  readonly leftOut: readonly string[];
} {
  const known = new Set(record.values.map(([ref]) => ref));
  const used = new Set<number>();
  const leftOut: string[] = [];
  const puts = record.puts.filter(([kind, object]) => {
    const refs: number[] = [];
    swapShared(kind, object, (value) => {
      refs.push((value as SharedReference).$ref);
      return value;
    });
    if (!refs.every((ref) => known.has(ref))) {
      leftOut.push(rowKey.object(kind, object.ID));
      return false;
    }
    for (const ref of refs) used.add(ref);
    return true;
  });
  const values = record.values.filter(([ref]) => used.has(ref));
  return { record: { ...record, puts, values }, leftOut };
}

function highestVersion(puts: LogRecord['puts']): number {
  return puts.reduce((highest, [, object]) => Math.max(highest, object.Version.Index), 0);
}
