import {
  EngineError,
  EXIT_CODE,
  kindOfStatus,
  type ErrorKind,
  type ExitCode,
} from '../base/errors.ts';

/** One refused request: what was asked, and what the engine answered. */
export interface RefusedRequest {
  readonly method: string;
  /** Without the version prefix. */
  readonly path: string;
  readonly status: number;
  /** The engine's own words, without a prefix. */
  readonly message: string;
}

interface KnownRefusal {
  readonly pattern: RegExp;
  /** Statuses lie now and then (a stale version is a 500), so the kind is said here. */
  readonly kind: ErrorKind;
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string;
}

const MANAGER_HINT =
  'talk to a manager: `tstack -H ssh://USER@MANAGER …`, a docker context, or DOCKER_HOST; ' +
  '`docker node promote` makes this node one';

/** Refusals that mean more than their status, by the engine's text. First match wins. */
const KNOWN_REFUSALS: readonly KnownRefusal[] = [
  {
    pattern: /update out of sequence/,
    kind: 'conflict',
    code: 'update-out-of-sequence',
    exitCode: EXIT_CODE.conflict,
    hint: 'somebody else changed the object in between; run the command again to work from its new state',
  },
  {
    pattern: /does not have a leader|node lost leader status/,
    kind: 'unavailable',
    code: 'no-quorum',
    exitCode: EXIT_CODE.unreachable,
    hint: 'bring back more than half of the managers; if they are lost for good, `docker swarm init --force-new-cluster` on a surviving one rebuilds the Swarm with its services',
  },
  {
    pattern: /Worker nodes can't be used/,
    kind: 'unavailable',
    code: 'not-a-manager',
    exitCode: EXIT_CODE.unreachable,
    hint: MANAGER_HINT,
  },
  {
    pattern: /not a swarm manager/i,
    kind: 'unavailable',
    code: 'swarm-inactive',
    exitCode: EXIT_CODE.unreachable,
    hint: '`docker swarm init` makes this engine a Swarm of one node; if the Swarm is elsewhere, name one of its managers with -H, --context or DOCKER_HOST; --embedded uses the embedded cluster of this machine',
  },
  {
    pattern: /Swarm is encrypted and needs to be unlocked/,
    kind: 'unavailable',
    code: 'swarm-locked',
    exitCode: EXIT_CODE.unreachable,
    hint: 'run `docker swarm unlock` on this manager with the key that `docker swarm unlock-key` shows on another one',
  },
  {
    pattern: /Swarm certificates have expired/,
    kind: 'unavailable',
    code: 'swarm-certificates-expired',
    exitCode: EXIT_CODE.unreachable,
    hint: 'talk to another manager, and let this node leave and join again',
  },
  {
    pattern: /client version \S+ is too new/,
    kind: 'unavailable',
    code: 'engine-too-old',
    exitCode: EXIT_CODE.unreachable,
    hint: 'update the engine to 20.10 or newer (API 1.41); if DOCKER_API_VERSION is set, unset it to let tstack negotiate',
  },
  {
    pattern: /client version \S+ is too old/,
    kind: 'unavailable',
    code: 'engine-too-new',
    exitCode: EXIT_CODE.unreachable,
    hint: 'update tstack; if DOCKER_API_VERSION is set, unset it to let tstack negotiate',
  },
];

/**
 * The EngineError of a refused request, worded as the docker command words it.
 *
 * The kind comes from the status, except for the few texts whose status says something else.
 * Exit code 9 when the cluster cannot be used at all, 8 for a stale version, else 1.
 * @source docker/cli and moby client/request.go (`Error response from daemon: `); spec engine-api 1.8, 18
 */
export function daemonError(refused: RefusedRequest): EngineError {
  return refusalError(`Error response from daemon: ${refused.message}`, refused);
}

/** The EngineError of a refusal in exactly these words; without a status they were not the engine's. */
export function refusalError(
  message: string,
  request: Pick<RefusedRequest, 'method' | 'path'> & { readonly status?: number },
): EngineError {
  const known = KNOWN_REFUSALS.find((one) => one.pattern.test(message));
  return new EngineError(message, {
    kind: known?.kind ?? kindOfStatus(request.status ?? 500),
    method: request.method,
    path: request.path,
    status: request.status,
    ...(known && { code: known.code, exitCode: known.exitCode, hint: known.hint }),
  });
}
