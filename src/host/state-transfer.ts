import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import { SCHEMA_VERSION, type LogRecord } from '../orchestrator/store/log-record.ts';
import { OBJECT_KINDS } from '../orchestrator/store/stored-object.ts';
import { checkStateFile, damaged } from './check-state-file.ts';
import {
  databaseFile,
  openDatabase,
  readMeta,
  writeNewState,
  type StateLocation,
} from './lmdb-persistence.ts';
import { syncDirectory } from './state-key.ts';
import { migrate } from './state-migrations.ts';
import {
  readRows,
  withoutDangling,
  type Note,
  type ReadRows,
  type StateContent,
} from './state-rows.ts';

const FORMAT = 'tstack-cluster-export';

/**
 * Writes the whole state into a file (0600), secrets in clear. The cluster may be running.
 * @returns how many objects were written
 * @throws StateError when the state cannot be read; UserError when the file exists or cannot be written
 */
export async function exportState(location: StateLocation, file: string): Promise<number> {
  const { record, notes, head, damagedRows } = await readWhole(location);
  const isWhole = head?.rows === record.values.length + record.puts.length;
  if (head && (!isWhole || damagedRows.length > 0)) {
    throw damaged(location.cluster, `${damagedRows.length} of its rows cannot be read`);
  }
  writePrivateFile(file, `${JSON.stringify({ format: FORMAT, record: migrate(record), notes })}\n`);
  return record.puts.length;
}

/**
 * Puts an exported state in the place of the cluster's; what was there is kept beside it.
 * @param suffix - of the kept directory's name
 * @returns how many objects were read, and where the former state is
 * @throws UserError when the file is no export, or a newer one
 */
export async function importState(
  location: StateLocation,
  file: string,
  suffix: string,
): Promise<{ readonly objects: number; readonly kept: string | undefined }> {
  const content = parseExport(file, readExport(file));
  const kept = await replaceState(location, content, suffix);
  return { objects: content.puts.length, kept };
}

/** What a repair did. */
export interface Repair {
  readonly objects: number;
  /** Places of rows that were lost, and of objects that cannot be without them. */
  readonly lost: readonly string[];
  /** Rows that were not found at all. */
  readonly missing: number;
  /** Where the former state is; undefined when nothing was wrong. */
  readonly kept: string | undefined;
}

/**
 * Keeps what can be read of a state, in a new database; the old one is kept beside it.
 * @throws StateError when nothing of it can be read
 */
export async function repairState(location: StateLocation, suffix: string): Promise<Repair> {
  const { record, notes, head, damagedRows } = await readWhole(location);
  const found = record.values.length + record.puts.length;
  const sound = withoutDangling(migrate(record));
  const lost = [...damagedRows, ...sound.leftOut];
  const missing = Math.max(0, (head?.rows ?? found) - found - damagedRows.length);
  const objects = sound.record.puts.length;
  if (lost.length === 0 && missing === 0 && head !== undefined) {
    return { objects, lost, missing, kept: undefined };
  }
  const kept = await replaceState(location, { ...sound.record, notes }, suffix);
  return { objects, lost, missing, kept };
}

async function readWhole(location: StateLocation): Promise<ReadRows> {
  const file = databaseFile(location.directory);
  const { cluster } = location;
  if (!existsSync(file)) {
    throw new UserError(`there is no embedded cluster ${cluster}: ${file} does not exist`, {
      code: 'cluster-not-found',
      exitCode: EXIT_CODE.failed,
      hint: `'tstack cluster status' lists the clusters of this user; 'tstack cluster start ${cluster}' makes one`,
    });
  }
  // The marker is the database itself: always read by a process of its own first.
  checkStateFile(file, file, cluster);
  const db = openDatabase(file, { readOnly: true });
  try {
    const { key, schema } = readMeta(db, location);
    return readRows(db, key, schema);
  } finally {
    await db.close();
  }
}

async function replaceState(
  location: StateLocation,
  content: StateContent,
  suffix: string,
): Promise<string | undefined> {
  const { directory } = location;
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  await writeNewState({ ...location, directory: fresh }, content);
  const kept = existsSync(directory) ? `${directory}.${suffix}` : undefined;
  if (kept !== undefined) renameSync(directory, kept);
  renameSync(fresh, directory);
  syncDirectory(dirname(directory));
  return kept;
}

function writePrivateFile(file: string, text: string): void {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UserError(`cannot write ${file}: ${code === 'EEXIST' ? 'it exists' : message}`, {
      code: 'export-not-written',
      exitCode: EXIT_CODE.failed,
      hint: 'name a file that does not exist yet, in a directory you may write to',
      cause,
    });
  }
}

function readExport(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw notAnExport(file, (cause as Error).message, cause);
  }
}

interface ExportFile {
  readonly format?: unknown;
  readonly record?: Partial<LogRecord>;
  readonly notes?: unknown;
}

function parseExport(file: string, text: string): StateContent {
  const content = parseJson(file, text);
  const { schema, version } = content?.record ?? {};
  if (content?.format !== FORMAT || typeof schema !== 'number' || typeof version !== 'number') {
    throw notAnExport(file, `it is not a file of 'tstack cluster export'`);
  }
  if (schema > SCHEMA_VERSION) {
    throw notAnExport(file, `it has schema ${schema}, this tstack reads up to ${SCHEMA_VERSION}`);
  }
  const record = migrate({ ...parseRows(file, content), schema, version });
  const { leftOut } = withoutDangling(record);
  if (leftOut.length > 0) throw notAnExport(file, `${leftOut.length} of its objects are not whole`);
  return { ...record, notes: parseNotes(file, content) };
}

function parseRows(file: string, { record }: ExportFile): Omit<LogRecord, 'schema' | 'version'> {
  const { values, puts } = record ?? {};
  if (!isList(values, isValue) || !isList(puts, isPut)) throw notAnExport(file, DAMAGED);
  return { values, puts, removals: [], dropped: [] };
}

function parseNotes(file: string, { notes = [] }: ExportFile): readonly Note[] {
  if (!isList(notes, isNote)) throw notAnExport(file, DAMAGED);
  return notes;
}

const DAMAGED = 'its content is damaged';

function parseJson(file: string, text: string): ExportFile | null {
  try {
    return JSON.parse(text) as ExportFile | null;
  } catch (cause) {
    throw notAnExport(file, `it is not JSON: ${(cause as Error).message}`, cause);
  }
}

function isList<T>(list: unknown, isItem: (item: unknown) => item is T): list is readonly T[] {
  return Array.isArray(list) && list.every(isItem);
}

function isValue(item: unknown): item is LogRecord['values'][number] {
  return Array.isArray(item) && Number.isInteger(item[0]) && isObject(item[1]);
}

function isNote(item: unknown): item is Note {
  if (!Array.isArray(item)) return false;
  const [name, text] = item as readonly unknown[];
  return typeof name === 'string' && /^[a-z-]{1,64}$/.test(name) && typeof text === 'string';
}

function isPut(item: unknown): item is LogRecord['puts'][number] {
  if (!Array.isArray(item)) return false;
  const [kind, object] = item as readonly unknown[];
  if (!OBJECT_KINDS.some((one) => one === kind) || !isObject(object)) return false;
  const { ID, Version, CreationIndex } = object as Readonly<Record<string, unknown>>;
  const isId = typeof ID === 'string' && /^[0-9a-z]{25}$/.test(ID);
  return isId && isObject(Version) && typeof CreationIndex === 'number';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAnExport(file: string, reason: string, cause?: unknown): UserError {
  return new UserError(`cannot import ${file}: ${reason}`, {
    code: 'import-refused',
    exitCode: EXIT_CODE.failed,
    hint: `nothing was changed. 'tstack cluster export NAME FILE' writes files that can be imported`,
    cause,
  });
}
