import { lstatSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { EXIT_CODE, UserError } from '../../base/errors.ts';
import { clusterPaths, type ClusterPaths, type PathSource } from '../../daemon/paths.ts';
import { findHolder, type LockHolder } from '../../host/instance-lock.ts';
import { privacyTrouble } from '../../host/private-directory.ts';
import type { Environment } from '../context.ts';

/** This user's part in where clusters are. */
export function pathSource(env: Environment): PathSource {
  return { env, homeDirectory: homedir(), uid: userInfo().uid };
}

/** An embedded cluster, and its daemon if it runs. */
export interface FoundCluster {
  readonly paths: ClusterPaths;
  readonly holder: LockHolder | undefined;
}

/** Looks for a cluster by name. @throws UsageError the name is none */
export function findCluster(name: string, env: Environment): FoundCluster {
  const paths = clusterPaths(name, pathSource(env));
  return { paths, holder: findHolder(paths.root) };
}

/**
 * The socket of a running daemon, if it is safe to talk to.
 * @throws UserError the socket, or its directory, is not this user's alone
 */
export function trustedSocket({ socket }: LockHolder): string {
  const directory = socket.slice(0, socket.lastIndexOf('/'));
  const found = lstatSync(socket, { throwIfNoEntry: false });
  const trouble =
    privacyTrouble(directory) ??
    (found && found.uid !== userInfo().uid ? `holds a socket of uid ${found.uid}` : undefined);
  if (trouble === undefined) return socket;
  throw new UserError(
    `the socket of the embedded cluster is not to be trusted: ${directory} ${trouble}`,
    {
      code: 'socket-not-private',
      exitCode: EXIT_CODE.unreachable,
      hint: 'Look at who made the directory, then remove it and start the cluster again.',
    },
  );
}
