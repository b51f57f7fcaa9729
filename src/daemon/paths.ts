import { EXIT_CODE, UsageError, UserError } from '../base/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What decides where a cluster's files are. */
export interface PathSource {
  readonly env: Environment;
  /** Absolute. */
  readonly homeDirectory: string;
  /** Of this user. */
  readonly uid: number;
}

/** Where everything of one embedded cluster is; all absolute. */
export interface ClusterPaths {
  readonly name: string;
  /** State directory of the cluster; holds `data`, `tasks`, the log and the lock. */
  readonly root: string;
  readonly data: string;
  /** For the runtime: what it knows of tasks. */
  readonly tasks: string;
  readonly log: string;
  /** Outside of `root`, so that a copy of the state alone is of no use. */
  readonly keyFile: string;
  /** Directory of the socket, of this user alone. */
  readonly runtime: string;
  readonly socket: string;
}

/** Longest path of a unix socket, bytes. */
const SOCKET_PATH_LIMIT = 107;

/**
 * The paths of a cluster.
 * @throws UsageError when the name is none
 * @source XDG Base Directory Specification
 */
export function clusterPaths(name: string, source: PathSource): ClusterPaths {
  if (!/^[a-z0-9][a-z0-9_-]{0,31}$/.test(name)) {
    throw new UsageError(
      `invalid name of an embedded cluster: ${JSON.stringify(name)}`,
      'Use up to 32 of a-z, 0-9, - and _, beginning with a letter or digit.',
    );
  }
  const { env, homeDirectory, uid } = source;
  const root = `${clustersDirectory(source)}/${name}`;
  const config = absolute(env['XDG_CONFIG_HOME']) ?? `${homeDirectory}/.config`;
  const runtime = runtimeDirectory(env, uid);
  const socket = `${runtime}/${name}.sock`;
  if (Buffer.byteLength(socket) > SOCKET_PATH_LIMIT) {
    throw new UserError(`the path of the socket is too long: ${socket}`, {
      code: 'socket-path-too-long',
      exitCode: EXIT_CODE.usage,
      hint: `Set XDG_RUNTIME_DIR to a shorter path; the limit is ${SOCKET_PATH_LIMIT} bytes.`,
    });
  }
  return {
    name,
    root,
    data: `${root}/data`,
    tasks: `${root}/tasks`,
    log: `${root}/daemon.log`,
    keyFile: `${config}/tstack/keys/${name}.key`,
    runtime,
    socket,
  };
}

/** The directory whose entries are the clusters of this user. */
export function clustersDirectory({ env, homeDirectory }: PathSource): string {
  const state = absolute(env['XDG_STATE_HOME']) ?? `${homeDirectory}/.local/state`;
  return `${state}/tstack/clusters`;
}

function runtimeDirectory(env: Environment, uid: number): string {
  const given = absolute(env['XDG_RUNTIME_DIR']);
  if (given !== undefined) return `${given}/tstack`;
  return uid === 0 ? '/run/tstack' : `/tmp/tstack-${uid}`;
}

/** Relative paths are to be ignored, says the specification. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path.replace(/\/+$/, '') : undefined;
}
