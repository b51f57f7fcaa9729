import { resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { EXIT_CODE, UserError } from '../../base/errors.ts';
import { clusterPaths, type ClusterPaths } from '../../daemon/paths.ts';
import { acquireLock } from '../../host/instance-lock.ts';
import type { StateLocation } from '../../host/lmdb-persistence.ts';
import { makePrivateDirectory } from '../../host/private-directory.ts';
import type { Repair } from '../../host/state-transfer.ts';
import type { Environment } from '../context.ts';
import { pathSource } from './find-daemon.ts';

interface FileRequest {
  /** As the user wrote it. */
  readonly file: string;
  readonly workingDirectory: string;
  readonly env: Environment;
}

/** @returns how many objects were written @see exportState */
export async function exportCluster(name: string, request: FileRequest): Promise<number> {
  const { file, workingDirectory, env } = request;
  const { exportState } = await import('../../daemon/tstackd.ts');
  const location = locate(clusterPaths(name, pathSource(env)));
  return exportState(location, resolve(workingDirectory, file));
}

/** @see importState @throws UserError exit 8: the cluster runs */
export async function importCluster(
  name: string,
  request: FileRequest & { readonly clock: Clock },
): Promise<{ readonly objects: number; readonly kept: string | undefined }> {
  const { file, workingDirectory, env, clock } = request;
  const { importState } = await import('../../daemon/tstackd.ts');
  const paths = lockStopped(name, env);
  const suffix = `before-import-${stamp(clock)}`;
  return importState(locate(paths), resolve(workingDirectory, file), suffix);
}

/** @see repairState @throws UserError exit 8: the cluster runs */
export async function repairCluster(
  name: string,
  { env, clock }: { readonly env: Environment; readonly clock: Clock },
): Promise<Repair> {
  const { repairState } = await import('../../daemon/tstackd.ts');
  return repairState(locate(lockStopped(name, env)), `damaged-${stamp(clock)}`);
}

/** Keeps daemons away as long as this command runs. */
function lockStopped(name: string, env: Environment): ClusterPaths {
  const paths = clusterPaths(name, pathSource(env));
  makePrivateDirectory(paths.root);
  const attempt = acquireLock(paths.root, paths.socket);
  if (attempt.kind === 'acquired') return paths;
  throw new UserError(`the embedded cluster ${name} runs (pid ${attempt.holder.pid})`, {
    code: 'cluster-running',
    exitCode: EXIT_CODE.conflict,
    hint: `Stop it first: 'tstack cluster stop ${name}'.`,
  });
}

function locate({ name, data, keyFile }: ClusterPaths): StateLocation {
  return { cluster: name, directory: data, keyFile };
}

/** `20261120T131500`, part of a file name. */
function stamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/[-:]|\..*/g, '');
}
