import { EngineError, EXIT_CODE } from '../base/errors.ts';
import type { Connection } from './connection.ts';

/** A request that got no answer. */
export interface LostRequest {
  readonly method: string;
  readonly path: string;
  /** The system's word: `ENOENT`, `ECONNREFUSED`, `timeout` … */
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

type Explain = (connection: Connection, lost: LostRequest) => Explanation;

const OTHER_WAYS =
  'name a Swarm manager with -H, --context or DOCKER_HOST; on this machine, start the engine (`systemctl start docker`), and `docker swarm init` makes it a Swarm of one node; or run the stack without an engine, in the embedded cluster of this machine: --embedded';

const noSocket: Explain = ({ url, endpoint }, { message }) => {
  const path = endpoint.kind === 'unix' || endpoint.kind === 'npipe' ? endpoint.path : url;
  const reason = message.includes('ENOENT') ? 'connect: no such file or directory' : message;
  return {
    code: 'engine-not-found',
    message: `failed to connect to the docker API at ${url}; check if the path is correct and if the daemon is running: dial unix ${path}: ${reason}`,
    hint: OTHER_WAYS,
  };
};

const noPermission: Explain = ({ url }) => ({
  code: 'engine-permission-denied',
  message: `permission denied while trying to connect to the docker API at ${url}`,
  hint: 'run as a user of the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or with sudo',
});

const refused: Explain = ({ url }, { message }) => ({
  code: 'engine-refused',
  message: `Cannot connect to the Docker daemon at ${url}. Is the docker daemon running? (${message})`,
  hint: OTHER_WAYS,
});

const unknownHost: Explain = ({ url, endpoint }) => ({
  code: 'engine-unknown-host',
  message: `failed to connect to the docker API at ${url}: lookup ${endpoint.kind === 'tcp' ? endpoint.host : url}: no such host`,
  hint: 'check the host name for slips, and that this machine can resolve it',
});

const timedOut: Explain = ({ url }, { method, path }) => ({
  code: 'engine-timeout',
  message: `failed to connect to the docker API at ${url}: no answer to ${method} ${path} in time`,
  hint: 'check that the address is right, that no firewall drops the connection, and that the engine is not overloaded',
});

const tlsMismatch: Explain = ({ url }, { message }) => ({
  code: 'engine-tls',
  message: `failed to connect to the docker API at ${url}: http: server gave HTTP response to HTTPS client (${alertOf(message)})`,
  hint: 'this engine does not speak TLS: turn TLS off (unset DOCKER_TLS_VERIFY and DOCKER_TLS, drop --tls), or name its TLS port (usually 2376)',
});

const tlsUntrusted: Explain = ({ url }, { code, message }) => ({
  code: 'engine-tls',
  message: `failed to connect to the docker API at ${url}: tls: failed to verify certificate: ${message} (${code})`,
  hint: 'give the authority that signed the server certificate with --tlscacert (or ca.pem in DOCKER_CERT_PATH), and use a host name that the certificate holds',
});

const tlsClientRefused: Explain = ({ url }, { message }) => ({
  code: 'engine-tls',
  message: `failed to connect to the docker API at ${url}: the engine refused the client certificate (${alertOf(message)})`,
  hint: 'give a certificate that the engine trusts with --tlscert and --tlskey (or cert.pem and key.pem in DOCKER_CERT_PATH)',
});

/** What OpenSSL means by `…:SSL routines:FUNCTION:REASON:FILE:LINE…`. */
function alertOf(message: string): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message.trim();
}

const sshFailed: Explain = ({ url }, { message }) => ({
  code: 'engine-ssh',
  message: `error during connect: ${message}`,
  hint: `try \`ssh\` to the same host by hand; the far side needs docker 18.09 or later on its PATH (${url})`,
});

const notHttp: Explain = ({ url }, { cause }) => ({
  code: 'engine-not-http',
  message: `error during connect: what answers at ${url} does not speak HTTP${excerptOf(cause)}`,
  hint: "check the address and the port; with ssh, that the far side's login runs commands and prints nothing of its own",
});

/** The first words of an answer that is no HTTP. */
function excerptOf(cause: unknown): string {
  if (!(cause instanceof Error) || !('rawPacket' in cause)) return '';
  const text = String(cause.rawPacket)
    .slice(0, 120)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return text === '' ? '' : `: it says "${text}"`;
}

const dropped: Explain = ({ url }, { method, path, message }) => ({
  code: 'engine-connection-lost',
  message: `error during connect: ${method} ${path}: the connection to ${url} was lost before the answer came (${message})`,
  hint: 'look at the engine (it may be restarting), then run the command again: tstack picks up where it stopped',
});

/** Words of the system, and what they mean for the user. */
const EXPLANATIONS: ReadonlyMap<string, Explain> = new Map([
  ['ENOENT', noSocket],
  ['ENOTSOCK', noSocket],
  ['ENOTDIR', noSocket],
  ['EACCES', noPermission],
  ['EPERM', noPermission],
  ['ECONNREFUSED', refused],
  ['EHOSTUNREACH', refused],
  ['ENETUNREACH', refused],
  ['ENOTFOUND', unknownHost],
  ['EAI_AGAIN', unknownHost],
  ['ETIMEDOUT', timedOut],
  ['timeout', timedOut],
  ['ssh', sshFailed],
  ['EPROTO', tlsMismatch],
  ['ERR_SSL_WRONG_VERSION_NUMBER', tlsMismatch],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', tlsMismatch],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', tlsClientRefused],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', tlsClientRefused],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', tlsClientRefused],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', tlsClientRefused],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', tlsUntrusted],
  ['SELF_SIGNED_CERT_IN_CHAIN', tlsUntrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', tlsUntrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', tlsUntrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', tlsUntrusted],
  ['ERR_TLS_CERT_ALTNAME_INVALID', tlsUntrusted],
  ['CERT_HAS_EXPIRED', tlsUntrusted],
  ['CERT_NOT_YET_VALID', tlsUntrusted],
]);

/**
 * The error of a request that got no answer: exit 9, the docker command's first words, and a way on.
 * @source moby client/request.go (doRequest), client/errors.go (connectionFailed)
 */
export function unreachableError(connection: Connection, lost: LostRequest): EngineError {
  const explain = EXPLANATIONS.get(lost.code) ?? (lost.code.startsWith('HPE_') ? notHttp : dropped);
  const { code, message, hint } = explain(connection, lost);
  const decidedBy =
    connection.source === 'default' ? '' : ` (${connection.url} comes from ${connection.source})`;
  return new EngineError(message, {
    kind: 'unavailable',
    method: lost.method,
    path: lost.path,
    code,
    exitCode: EXIT_CODE.unreachable,
    hint: `${hint}${decidedBy}`,
    cause: lost.cause,
  });
}

/** Lowest API version that carries everything a stack needs: Docker 20.10. */
export const MIN_API_VERSION = '1.41';

/** Newest API version this client was written for. */
export const MAX_API_VERSION = '1.55';

/**
 * The API version to speak with an engine that offers `offered`.
 * @throws EngineError (exit 9) when the engine is too old
 */
export function negotiateApiVersion(connection: Connection, offered: string): string {
  if (compareApiVersions(offered, MIN_API_VERSION) < 0) {
    throw new EngineError(
      `the engine at ${connection.url} speaks API ${offered}; tstack needs ${MIN_API_VERSION} (Docker 20.10) or newer`,
      {
        kind: 'unavailable',
        code: 'engine-too-old',
        exitCode: EXIT_CODE.unreachable,
        hint: 'update the engine, or talk to a newer manager of the same Swarm',
      },
    );
  }
  return compareApiVersions(offered, MAX_API_VERSION) < 0 ? offered : MAX_API_VERSION;
}

function compareApiVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA - minorB : majorA - majorB;
}
