import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { StateError } from './state-error.ts';

const MAGIC = 0xbeefc0de;
/** Places in a meta page of LMDB's file format. */
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144, bytes: 160 } as const;
const FORMAT_VERSION = 2;

/**
 * Looks at a database file before it is mapped: LMDB trusts its pages, and a torn one ends the process.
 *
 * Foreign files are told by their first bytes. One that is shorter than it says, or whose last
 * opening did not end well, is first read whole by a process of its own.
 * @param marker - file that exists while the database is being read in
 * @throws StateError `foreign` or `damaged`
 */
export function checkStateFile(path: string, marker: string, cluster: string): void {
  if (!existsSync(path)) return;
  const isShort = checkMetaPage(path, cluster);
  if (!isShort && !existsSync(marker)) return;
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ['-e', READ_EVERYTHING, createRequire(import.meta.url).resolve('lmdb'), path],
    { encoding: 'utf8', timeout: 120_000 },
  );
  if (status === 0) return;
  const reason = signal ?? stderr.split('\n').find((line) => line.includes('Error')) ?? '';
  throw damaged(cluster, `${path} cannot be read to its end (${reason})`);
}

const READ_EVERYTHING = `
const { open } = require(process.argv[1]);
const db = open({ path: process.argv[2], noSubdir: true, readOnly: true, encoding: 'binary' });
for (const { value } of db.getRange()) value.at(-1);
process.exit(0);
`;

/** Whether the file is shorter than its newest meta page says. */
function checkMetaPage(path: string, cluster: string): boolean {
  const { size } = statSync(path);
  if (size === 0) throw damaged(cluster, `${path} is empty`);
  const page = Buffer.alloc(META.bytes);
  const descriptor = openSync(path, 'r');
  let read: number;
  try {
    read = readSync(descriptor, page, 0, META.bytes, 0);
  } finally {
    closeSync(descriptor);
  }
  const isOurs =
    read === META.bytes &&
    page.readUInt32LE(META.magic) === MAGIC &&
    page.readUInt32LE(META.version) === FORMAT_VERSION;
  if (!isOurs) {
    const message = `${path} is not the state of a tstack cluster`;
    throw new StateError(message, { trouble: 'foreign', cluster });
  }
  const lastPage = Number(page.readBigUInt64LE(META.lastPage));
  return size < (lastPage + 1) * page.readUInt32LE(META.pageSize);
}

/** The state lies there, but not whole. */
export function damaged(cluster: string, what: string, cause?: unknown): StateError {
  const message = `the state of cluster ${cluster} is damaged: ${what}`;
  return new StateError(message, { trouble: 'damaged', cluster, cause });
}
