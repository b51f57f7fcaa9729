import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Commit } from '../orchestrator/store/commit.ts';
import {
  CommitEncoder,
  LogReplay,
  mergeRecords,
  SCHEMA_VERSION,
  type LogRecord,
} from '../orchestrator/store/log-record.ts';
import type { Persistence, SavedState } from '../orchestrator/store/persistence.ts';
import { checkStateFile, damaged } from './check-state-file.ts';
import { readKeyFile, readOrCreateKeyFile, type StateKey } from './state-key.ts';
import { StateError } from './state-error.ts';
import { migrate } from './state-migrations.ts';
import {
  readRows,
  rowKey,
  sealNotes,
  sealRecord,
  type Head,
  type SealedRow,
  type StateContent,
} from './state-rows.ts';

export interface StateLocation {
  /** Of the cluster, for messages. */
  readonly cluster: string;
  /** Directory of the database; made (0700) when missing. */
  readonly directory: string;
  /** Outside of `directory`, so that a copy of the one is of no use without the other. */
  readonly keyFile: string;
}

/** A cluster's state on disk, open. */
export interface LmdbPersistence extends Persistence {
  /** What the daemon itself keeps beside the store: keys, who it is. Sealed like everything. */
  readonly notes: StateNotes;
  /** Forgets the whole store in one step, and keeps the notes given. */
  clear(notes: ReadonlyMap<string, string>): Promise<void>;
  /** Waits for what was appended, then frees the files. */
  close(): Promise<void>;
}

/** Texts by name. */
export interface StateNotes {
  /** @throws StateError `damaged` */
  read(name: string): string | undefined;
  /** Resolves when it is on disk. */
  write(name: string, text: string): Promise<void>;
}

export type StateDatabase = RootDatabase<Buffer, string>;

/** Says what the database is; readable without the key. */
interface Meta {
  readonly format: 'tstack-cluster-state';
  readonly schema: number;
  readonly keyId: string;
}

const META_ROW = 'meta';

/** The database file in its directory. */
export function databaseFile(directory: string): string {
  return join(directory, 'data.mdb');
}

/**
 * Opens the state of a cluster, or makes an empty one.
 *
 * One row per object and per shared value, all written by one LMDB transaction per commit, so the
 * file grows with the cluster and not with its history. Every row is sealed with the key and bound
 * to its place: secrets are unreadable, and a damaged row is noticed when it is read.
 * @throws StateError when what lies there cannot be used; nothing is changed then
 */
export function openLmdbPersistence(location: StateLocation): LmdbPersistence {
  const { directory, cluster } = location;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const marker = join(directory, 'reading');
  checkStateFile(databaseFile(directory), marker, cluster);
  writeFileSync(marker, '');
  const db = openDatabase(databaseFile(directory));
  try {
    const { key, schema } = readMeta(db, location);
    return new OpenPersistence(db, { key, schema, cluster, marker });
  } catch (error) {
    void db.close();
    rmSync(marker, { force: true });
    throw error;
  }
}

/** Opens the file itself. @param path - of the database file */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}) {
  return open<Buffer, string>({
    path,
    noSubdir: true,
    encoding: 'binary',
    // A commit is reported when it is on disk, not when it is merely visible.
    overlappingSync: false,
    ...options,
  });
}

/** Checks what the database says of itself, and finds its key; an empty one becomes ours. */
export function readMeta(
  db: StateDatabase,
  { directory, keyFile, cluster }: StateLocation,
): { readonly key: StateKey; readonly schema: number } {
  const row = db.get(META_ROW);
  const file = databaseFile(directory);
  if (!row) {
    if (db.getKeysCount({ limit: 1 }) > 0) throw foreign(file, cluster);
    const key = readOrCreateKeyFile(keyFile, cluster);
    db.putSync(META_ROW, metaRow(key));
    return { key, schema: SCHEMA_VERSION };
  }
  const meta = parseMeta(row);
  if (!meta) throw foreign(file, cluster);
  if (meta.schema > SCHEMA_VERSION) {
    const message = `the state of cluster ${cluster} has schema ${meta.schema}, this tstack reads up to ${SCHEMA_VERSION}: it was written by a newer one`;
    throw new StateError(message, { trouble: 'newer', cluster });
  }
  const key = readKeyFile(keyFile, cluster);
  if (key.id === meta.keyId) return { key, schema: meta.schema };
  const message = `${keyFile} is not the key that the state of cluster ${cluster} was written with`;
  throw new StateError(message, { trouble: 'key-wrong', cluster });
}

/** The row that names format, schema and key. */
export function metaRow({ id }: StateKey): Buffer {
  const meta: Meta = { format: 'tstack-cluster-state', schema: SCHEMA_VERSION, keyId: id };
  return Buffer.from(JSON.stringify(meta));
}

function parseMeta(row: Buffer): Meta | undefined {
  try {
    const meta = JSON.parse(row.toString('utf8')) as Partial<Meta> | null;
    const { format, schema, keyId } = meta ?? {};
    if (format !== 'tstack-cluster-state' || typeof keyId !== 'string') return undefined;
    return typeof schema === 'number' ? { format, schema, keyId } : undefined;
  } catch {
    return undefined;
  }
}

function foreign(file: string, cluster: string): StateError {
  const message = `${file} is not the state of a tstack cluster`;
  return new StateError(message, { trouble: 'foreign', cluster });
}

interface Opened {
  readonly key: StateKey;
  /** Schema of what lies there. */
  readonly schema: number;
  readonly cluster: string;
  /** To be removed once everything was read. */
  readonly marker: string;
}

/** A commit that is not on disk yet. */
interface Waiting {
  readonly record: LogRecord;
  /** Rows there are after it. */
  readonly rows: number;
  readonly done: (error?: Error) => void;
}

class OpenPersistence implements LmdbPersistence {
  readonly #db: StateDatabase;
  readonly #opened: Opened;
  #encoder = new CommitEncoder();
  #rows = 0;
  #waiting: Waiting[] = [];
  /** Resolves when nothing waits any more; undefined while nothing does. */
  #writing: Promise<void> | undefined;
  readonly notes: StateNotes = {
    read: (name) => this.#readNote(name),
    write: async (name, text) => {
      const place = rowKey.note(name);
      await this.#db.put(place, this.#opened.key.seal(place, text));
    },
  };

  constructor(db: StateDatabase, opened: Opened) {
    this.#db = db;
    this.#opened = opened;
  }

  async load(): Promise<SavedState | undefined> {
    const { key, cluster, marker, schema } = this.#opened;
    const { record, head, damagedRows, notes } = readRows(this.#db, key, schema);
    const [first] = damagedRows;
    if (first !== undefined) {
      throw damaged(cluster, `${damagedRows.length} of its rows cannot be read, first ${first}`);
    }
    const count = record.values.length + record.puts.length;
    if (count !== (head?.rows ?? 0)) {
      throw damaged(cluster, `it holds ${count} rows of ${head?.rows ?? 0}`);
    }
    const current = migrate(record);
    if (current !== record) await this.#replaceAll({ ...current, notes });
    this.#rows = current.values.length + current.puts.length;
    const replay = new LogReplay();
    replay.apply(current);
    const { state, encoder } = replay.finish();
    this.#encoder = encoder;
    rmSync(marker, { force: true });
    return count === 0 ? undefined : state;
  }

  async clear(notes: ReadonlyMap<string, string>): Promise<void> {
    await this.#writing;
    await this.#replaceAll({ ...new LogReplay().toRecord(), notes: [...notes] });
    this.#rows = 0;
    this.#encoder = new CommitEncoder();
  }

  append(commit: Commit, done: (error?: Error) => void): void {
    const record = this.#encoder.encode(commit);
    const created = commit.changes.filter((one) => one.action === 'create').length;
    const removed = record.removals.length;
    this.#rows += record.values.length - record.dropped.length + created - removed;
    this.#waiting.push({ record, rows: this.#rows, done });
    this.#writing ??= this.#writeWaiting();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#db.committed;
    await this.#db.close();
    rmSync(this.#opened.marker, { force: true });
  }

  /**
   * One transaction at a time, with all commits that have come while the last one was written: what
   * they write more than once is sealed and written once.
   */
  async #writeWaiting(): Promise<void> {
    for (let batch = this.#waiting; isSome(batch); batch = this.#waiting) {
      this.#waiting = [];
      const { rows } = batch.at(-1) ?? batch[0];
      const record = mergeRecords([batch[0].record, ...batch.slice(1).map((one) => one.record)]);
      const error = await this.#write(record, rows).then(() => undefined, toError);
      for (const { done } of batch) done(error);
    }
    this.#writing = undefined;
  }

  async #write(record: LogRecord, rows: number): Promise<void> {
    const db = this.#db;
    const sealed = sealRecord(record, { version: record.version, rows }, this.#opened.key);
    await db.batch(() => {
      for (const [place, row] of sealed) void db.put(place, row);
      for (const [kind, id] of record.removals) void db.remove(rowKey.object(kind, id));
      for (const ref of record.dropped) void db.remove(rowKey.value(ref));
    });
  }

  #readNote(name: string): string | undefined {
    const place = rowKey.note(name);
    const row = this.#db.get(place);
    if (!row) return undefined;
    const { key, cluster } = this.#opened;
    const text = key.open(place, row);
    if (text === undefined) throw damaged(cluster, `row ${place} cannot be read`);
    return text;
  }

  async #replaceAll(content: StateContent): Promise<void> {
    await this.#db.transaction(() => {
      const places = [...this.#db.getKeys()];
      for (const place of places) this.#db.removeSync(place);
      for (const [place, row] of allRows(content, this.#opened.key)) this.#db.putSync(place, row);
    });
  }
}

function isSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Every row of a database that holds this content and nothing else. */
function allRows(content: StateContent, key: StateKey): readonly SealedRow[] {
  const { version, values, puts, notes } = content;
  const head: Head = { version, rows: values.length + puts.length };
  return [[META_ROW, metaRow(key)], ...sealRecord(content, head, key), ...sealNotes(notes, key)];
}

/**
 * Writes a whole state into a new database.
 * @param location - its directory holds no database yet
 */
export async function writeNewState(location: StateLocation, content: StateContent): Promise<void> {
  mkdirSync(location.directory, { recursive: true, mode: 0o700 });
  const key = readOrCreateKeyFile(location.keyFile, location.cluster);
  const db = openDatabase(databaseFile(location.directory));
  try {
    await db.batch(() => {
      for (const [place, row] of allRows(content, key)) void db.put(place, row);
    });
  } finally {
    await db.close();
  }
}
