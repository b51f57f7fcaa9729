import { UsageError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { isRecord, readDockerConfig, type DockerConfig, type DockerHome } from './docker-config.ts';
import {
  formatEndpoint,
  invalidHost,
  parseHost,
  type Endpoint,
  type TlsMaterial,
} from './endpoint.ts';

/** The connection flags of the docker command; absent means not given. */
export interface ConnectionFlags {
  /** Every `-H`/`--host` given, in order. */
  readonly hosts?: readonly string[] | undefined;
  readonly context?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly tlsVerify?: boolean | undefined;
  readonly tlsCaCert?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/** Everything needed to talk to one engine. */
export interface Connection {
  readonly endpoint: Endpoint;
  /** The endpoint as users write it. */
  readonly url: string;
  /** What decided: `-H`, `DOCKER_HOST`, `context "prod"`, `default`. */
  readonly source: string;
  /** HttpHeaders of config.json. */
  readonly headers: Readonly<Record<string, string>>;
  /** From DOCKER_API_VERSION, without `v`; switches negotiation off. */
  readonly apiVersion?: string | undefined;
  readonly config: DockerConfig;
  /** Things to tell the user on stderr. */
  readonly warnings: readonly string[];
}

type Chosen =
  | { readonly kind: 'host'; readonly host: string; readonly source: string }
  | { readonly kind: 'context'; readonly name: string };

/**
 * Decides which engine to talk to, exactly as the docker command does.
 *
 * Order: `-H`, `--context`, DOCKER_HOST, DOCKER_CONTEXT, currentContext of config.json, the default
 * socket. The context `default` means flags and environment.
 * @throws UsageError for conflicting flags; EngineError (exit 9) for a bad host or unknown context
 * @source docker/cli cli/command/cli.go (resolveContextName, resolveDefaultDockerEndpoint); spec engine-api 19
 */
export function resolveConnection(flags: ConnectionFlags, home: DockerHome): Connection {
  const config = readDockerConfig(home);
  const chosen = choose(flags, home, config);
  const { endpoint, source } =
    chosen.kind === 'context'
      ? readContext(chosen.name, home, config)
      : {
          endpoint: parseHost(chosen.host, hostTls(chosen.host, flags, home, config)),
          source: chosen.source,
        };
  const apiVersion = (home.env['DOCKER_API_VERSION'] ?? '').trim().replace(/^v/, '');
  return {
    endpoint,
    url: formatEndpoint(endpoint),
    source,
    headers: config.httpHeaders,
    apiVersion: apiVersion === '' ? undefined : apiVersion,
    config,
    warnings: config.warnings,
  };
}

function choose(flags: ConnectionFlags, home: DockerHome, config: DockerConfig): Chosen {
  const { hosts = [], context = '' } = flags;
  if (hosts.length > 0 && context !== '') {
    throw new UsageError('conflicting options: cannot specify both --host and --context');
  }
  if (hosts.length > 1) throw new UsageError('specify only one -H');
  const [host] = hosts;
  if (host !== undefined) return { kind: 'host', host, source: '-H' };
  if (context !== '') return toChosen(context, home);
  const fromEnv = home.env['DOCKER_HOST'] ?? '';
  if (fromEnv !== '') return { kind: 'host', host: fromEnv, source: 'DOCKER_HOST' };
  const contextFromEnv = home.env['DOCKER_CONTEXT'] ?? '';
  return toChosen(contextFromEnv === '' ? config.currentContext : contextFromEnv, home);
}

/** The context `default` means the environment. */
function toChosen(context: string, home: DockerHome): Chosen {
  if (context !== '' && context !== 'default') return { kind: 'context', name: context };
  const host = home.env['DOCKER_HOST'] ?? '';
  return { kind: 'host', host, source: host === '' ? 'default' : 'DOCKER_HOST' };
}

/**
 * TLS settings from flags and environment; undefined when TLS is off or the host cannot use it.
 * @source docker/cli cli/flags/options.go (SetDefaultOptions)
 */
function hostTls(
  host: string,
  flags: ConnectionFlags,
  home: DockerHome,
  config: DockerConfig,
): TlsMaterial | undefined {
  const isVerified = flags.tlsVerify ?? isSet(home, 'DOCKER_TLS_VERIFY');
  const isOn = flags.tls ?? isSet(home, 'DOCKER_TLS');
  const isTls = isOn || isVerified || flags.tlsVerify !== undefined;
  if (!isTls || /^\s*(unix|npipe|ssh):\/\//.test(host)) return undefined;
  const certPath = home.env['DOCKER_CERT_PATH'] ?? '';
  const dir = certPath === '' ? config.dir : certPath;
  // Parity: a missing ca.pem is an error when the server is verified, not a fall-back to the system's roots.
  const ca = readPem(home, flags.tlsCaCert ?? `${dir}/ca.pem`, isVerified);
  const cert = readPem(home, flags.tlsCert ?? `${dir}/cert.pem`, flags.tlsCert !== undefined);
  const key = readPem(home, flags.tlsKey ?? `${dir}/key.pem`, flags.tlsKey !== undefined);
  return toMaterial({ ca, cert, key, skipVerify: !isVerified });
}

/** Any non-empty value counts, even `0`. */
function isSet(home: DockerHome, name: string): boolean {
  return (home.env[name] ?? '') !== '';
}

function toMaterial(material: TlsMaterial): TlsMaterial {
  const hasPair = material.cert !== undefined && material.key !== undefined;
  return hasPair ? material : { ...material, cert: undefined, key: undefined };
}

function readPem(home: DockerHome, path: string, isRequired: boolean): string | undefined {
  const content = home.readFile(path);
  if (content.kind === 'data') return new TextDecoder().decode(content.bytes);
  if (!isRequired) return undefined;
  throw invalidHost(
    `unable to resolve docker endpoint: open ${path}: ${reasonOf(content)}`,
    'TLS is on: put ca.pem, cert.pem and key.pem into DOCKER_CERT_PATH (or ~/.docker), or name them with --tlscacert, --tlscert and --tlskey',
  );
}

/**
 * Endpoint of a stored context.
 * @source docker/cli cli/context/store (metadatastore.go, tlsstore.go)
 */
function readContext(
  name: string,
  home: DockerHome,
  config: DockerConfig,
): { readonly endpoint: Endpoint; readonly source: string } {
  const folder = sha256Hex(name);
  const metaPath = `${config.dir}/contexts/meta/${folder}/meta.json`;
  const docker = parseMeta(name, metaPath, home);
  const host = typeof docker['Host'] === 'string' ? docker['Host'] : '';
  const skipVerify = docker['SkipTLSVerify'] === true;
  const pem = (file: string): string | undefined =>
    readPem(home, `${config.dir}/contexts/tls/${folder}/docker/${file}`, false);
  const material = { ca: pem('ca.pem'), cert: pem('cert.pem'), key: pem('key.pem'), skipVerify };
  const isTls =
    skipVerify || [material.ca, material.cert, material.key].some((one) => one !== undefined);
  const endpoint = parseHost(host, isTls && host !== '' ? toMaterial(material) : undefined);
  return { endpoint, source: `context "${name}"` };
}

function parseMeta(
  name: string,
  metaPath: string,
  home: DockerHome,
): Readonly<Record<string, unknown>> {
  const prefix = 'unable to resolve docker endpoint';
  const hint = '`docker context ls` lists the contexts; -H or DOCKER_HOST name an engine directly';
  const content = home.readFile(metaPath);
  if (content.kind === 'error') {
    throw invalidHost(
      `${prefix}: context "${name}": context not found: open ${metaPath}: ${reasonOf(content)}`,
      hint,
    );
  }
  let meta: unknown;
  try {
    meta = JSON.parse(new TextDecoder().decode(content.bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidHost(`${prefix}: context "${name}": parsing ${metaPath}: ${reason}`, hint);
  }
  const endpoints = isRecord(meta) ? meta['Endpoints'] : undefined;
  const docker = isRecord(endpoints) ? endpoints['docker'] : undefined;
  if (!isRecord(docker))
    throw invalidHost(`${prefix}: cannot find docker endpoint in context`, hint);
  return docker;
}

function reasonOf(failed: { readonly code: string; readonly message: string }): string {
  return failed.code === 'ENOENT' ? 'no such file or directory' : failed.message;
}
