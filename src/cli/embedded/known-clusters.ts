import { readdirSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { clustersDirectory } from '../../daemon/paths.ts';
import type { Context } from '../context.ts';
import { findCluster, pathSource } from './find-daemon.ts';
import { readStatus } from './start-cluster.ts';
import type { KnownCluster } from './status-text.ts';

/** Every cluster of this user, by name. */
export async function knownClusters(context: Context): Promise<readonly KnownCluster[]> {
  const names = directoryNames(clustersDirectory(pathSource(context.env)));
  return Promise.all(names.map((name) => look(name, context)));
}

async function look(name: string, context: Context): Promise<KnownCluster> {
  if (!findCluster(name, context.env).holder) return { name, status: undefined };
  try {
    return { name, status: await readStatus(name, context) };
  } catch (error) {
    // It ended meanwhile, or does not answer yet.
    if (!(error instanceof UserError)) throw error;
    return { name, status: undefined };
  }
}

function directoryNames(directory: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((one) => one.isDirectory() && /^[a-z0-9][a-z0-9_-]{0,31}$/.test(one.name))
    .map((one) => one.name)
    .sort();
}
