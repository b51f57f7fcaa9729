import { EngineError, EXIT_CODE } from '../base/errors.ts';

/** Certificates of a TLS connection, PEM texts. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Trust any server: `--tls` without verification, `SkipTLSVerify` of a context. */
  readonly skipVerify: boolean;
}

/** How to reach an engine. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'npipe'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** Put before every request path; empty or `/base`. */
      readonly basePath: string;
      readonly tls?: TlsMaterial | undefined;
    }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly user?: string | undefined;
      readonly port?: number | undefined;
      /** Socket on the far side; the far side's default when absent. */
      readonly socketPath?: string | undefined;
    };

const DEFAULT_SOCKET = '/var/run/docker.sock';
const DEFAULT_PIPE = '//./pipe/docker_engine';
const PORT = 2375;
const TLS_PORT = 2376;
const HOST_FORMS = 'write unix:///path, tcp://host:port, ssh://user@host or npipe:////./pipe/name';

/**
 * Reads a host as `-H` and DOCKER_HOST take it: a bare `host[:port]` means tcp, blank the default.
 *
 * Parity: a tcp host without a port gets 2375 even with TLS; only the default host becomes 2376.
 * @throws EngineError (code `invalid-host`, exit 9) worded as the docker command words it
 * @source docker/cli opts/hosts.go (ParseHost, ParseTCPAddr); tried with the docker command 28.2.2
 */
export function parseHost(value: string, tls?: TlsMaterial): Endpoint {
  const text = value.trim();
  if (text === '') return defaultEndpoint(tls);
  const separator = text.indexOf('://');
  if (separator < 0) return parseTcpHost(text, tls);
  const rest = text.slice(separator + 3);
  switch (text.slice(0, separator)) {
    case 'unix':
      return { kind: 'unix', path: rest === '' ? DEFAULT_SOCKET : rest };
    case 'npipe':
      return { kind: 'npipe', path: rest === '' ? DEFAULT_PIPE : rest };
    case 'ssh':
      return parseSshHost(text);
    case 'tcp':
      return parseTcpHost(rest, tls);
    default:
      throw invalidHost(`invalid bind address format: ${text}`, HOST_FORMS);
  }
}

function defaultEndpoint(tls: TlsMaterial | undefined): Endpoint {
  if (!tls) return { kind: 'unix', path: DEFAULT_SOCKET };
  return { kind: 'tcp', host: 'localhost', port: TLS_PORT, basePath: '', tls };
}

function parseTcpHost(rest: string, tls: TlsMaterial | undefined): Endpoint {
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const basePath = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(authority);
  if (!match) throw invalidHost(`invalid bind address format: ${rest}`, HOST_FORMS);
  const [, name = '', portText = ''] = match;
  if (portText !== '' && !/^\d+$/.test(portText)) {
    throw invalidHost(`parse "tcp://${rest}": invalid port ":${portText}" after host`, HOST_FORMS);
  }
  const port = portText === '' ? PORT : Number(portText);
  if (port > 65_535) throw invalidHost(`invalid bind address format: ${rest}`, HOST_FORMS);
  const host = name.replace(/^\[|\]$/g, '');
  return { kind: 'tcp', host: host === '' ? 'localhost' : host, port, basePath, tls };
}

/** @source docker/cli cli/connhelper/ssh/ssh.go (ParseURL) */
function parseSshHost(text: string): Endpoint {
  const refuse = (reason: string): EngineError =>
    invalidHost(
      `ssh host connection is not valid: invalid SSH URL: ${reason}`,
      'write ssh://[user@]host[:port][/path/to/docker.sock]; keys and further options belong in ~/.ssh/config',
    );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse(text === 'ssh://' ? 'hostname is empty' : `cannot parse ${text}`);
  }
  if (url.password !== '') throw refuse('plain-text password is not supported');
  if (url.hostname === '') throw refuse('hostname is empty');
  if (url.search !== '') throw refuse(`query parameters are not allowed: "${url.search.slice(1)}"`);
  if (url.hash !== '') throw refuse(`fragments are not allowed: "${url.hash.slice(1)}"`);
  return {
    kind: 'ssh',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    port: url.port === '' ? undefined : Number(url.port),
    socketPath: url.pathname === '' || url.pathname === '/' ? undefined : url.pathname,
  };
}

/** The endpoint as users write it, for messages: never holds a password. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix':
    case 'npipe':
      return `${endpoint.kind}://${endpoint.path}`;
    case 'tcp': {
      const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
      return `tcp://${host}:${endpoint.port}${endpoint.basePath}`;
    }
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${endpoint.user}@`;
      const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
      return `ssh://${user}${endpoint.host}${port}${endpoint.socketPath ?? ''}`;
    }
    default:
      return endpoint satisfies never;
  }
}

/** The error of a host or context that names no engine; no request was made. */
export function invalidHost(message: string, hint: string): EngineError {
  return new EngineError(message, {
    kind: 'invalid-argument',
    code: 'invalid-host',
    exitCode: EXIT_CODE.unreachable,
    hint,
  });
}
