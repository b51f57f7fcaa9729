import { EXIT_CODE, UserError } from '../base/errors.ts';
import { parseImage } from '../swarm/image-reference.ts';
import type { CallOptions, RegistryAuth } from './client.ts';
import { isRecord, parseAuths, type AuthEntry, type DockerConfig } from './docker-config.ts';

/** What a program did. */
export interface ProgramResult {
  /** Exit code; undefined when it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started: `executable file not found in $PATH`. */
  readonly startError?: string | undefined;
}

/** Runs a program without a shell, `stdin` as its whole input. */
export type RunProgram = (
  command: { readonly program: string; readonly args: readonly string[]; readonly stdin: string },
  options?: CallOptions,
) => Promise<ProgramResult>;

/** Where credentials of a registry come from. */
export type CredentialSource =
  | { readonly kind: 'entry'; readonly serveraddress: string; readonly entry: AuthEntry }
  | { readonly kind: 'helper'; readonly program: string; readonly server: string }
  | { readonly kind: 'none' };

/** Docker Hub's key in config.json, for historical reasons a URL. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
const NOT_FOUND = 'credentials not found in native keychain';
const TOKEN_USER = '<token>';

/** The key under which an image's registry keeps its credentials. @source docker/cli cli/command/registry.go */
export function registryKey(image: string): string {
  const parsed = parseImage(image);
  const domain = parsed.kind === 'ok' ? parsed.image.domain : 'docker.io';
  return domain === 'docker.io' || domain === 'index.docker.io' ? DOCKER_HUB_KEY : domain;
}

/**
 * Chooses the source of a registry's credentials.
 *
 * Order: DOCKER_AUTH_CONFIG, credHelpers, credsStore, auths.
 * @param authConfig - DOCKER_AUTH_CONFIG, empty or undefined when not set
 * @source docker/cli cli/config/configfile/file.go (GetCredentialsStore, getConfiguredCredentialStore)
 */
export function findCredentials(
  key: string,
  config: DockerConfig,
  authConfig: string | undefined,
): CredentialSource {
  const fromEnv = findEntry(parseAuthConfig(authConfig), key);
  if (fromEnv) return fromEnv;
  const own = Object.hasOwn(config.credHelpers, key) ? config.credHelpers[key] : undefined;
  const helper = own ?? config.credsStore;
  if (helper !== '') return { kind: 'helper', program: `docker-credential-${helper}`, server: key };
  return findEntry(config.auths, key) ?? { kind: 'none' };
}

/** Exact key first, then any key whose host is the same: `https://host/v1/` serves `host`. */
function findEntry(
  auths: Readonly<Record<string, AuthEntry>>,
  key: string,
): CredentialSource | undefined {
  const exact = Object.hasOwn(auths, key) ? auths[key] : undefined;
  if (exact) return { kind: 'entry', serveraddress: key, entry: exact };
  const host = hostOf(key);
  for (const [serveraddress, entry] of Object.entries(auths)) {
    if (hostOf(serveraddress) === host) return { kind: 'entry', serveraddress, entry };
  }
  return undefined;
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function parseAuthConfig(text: string | undefined): Readonly<Record<string, AuthEntry>> {
  if (text === undefined || text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parseAuths(parsed['auths']);
  } catch {
    // Fall through: the text may hold a password, so nothing of it (and no parser message) is shown.
  }
  throw credentialError(
    'DOCKER_AUTH_CONFIG is not a JSON object',
    'write {"auths": {"registry.example.com": {"auth": "BASE64"}}}, or unset it',
  );
}

/**
 * The X-Registry-Auth header of credentials: URL-safe base64 of JSON; `{}` for none.
 * @source moby api/types/registry (EncodeAuthConfig); spec stack-file 14.4
 */
export function encodeRegistryAuth(serveraddress: string, entry: AuthEntry | undefined): string {
  const named = entry === undefined ? {} : toAuthConfig(serveraddress, entry);
  const set = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
  const text = Buffer.from(JSON.stringify(set), 'utf8').toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** Members in the order of the engine's own structure; `auth` is taken apart into user and password. */
function toAuthConfig(serveraddress: string, entry: AuthEntry): Readonly<Record<string, string>> {
  const decoded = Buffer.from(entry.auth ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const user = colon < 0 ? '' : decoded.slice(0, colon);
  const password = colon < 0 ? '' : decoded.slice(colon + 1).replaceAll('\0', '');
  return {
    username: entry.username ?? user,
    password: entry.password ?? password,
    serveraddress,
    identitytoken: entry.identitytoken ?? '',
    registrytoken: entry.registrytoken ?? '',
  };
}

/**
 * Gives the X-Registry-Auth of images, asking each registry's source once.
 *
 * @param ports - how to run a credential helper
 * @throws UserError (through the returned function) when a helper is missing or fails
 */
export function createRegistryAuth(
  config: DockerConfig,
  authConfig: string | undefined,
  ports: { readonly runProgram: RunProgram },
): RegistryAuth {
  const known = new Map<string, Promise<string>>();
  return (image, options) => {
    const key = registryKey(image);
    const header =
      known.get(key) ?? resolveHeader(findCredentials(key, config, authConfig), ports, options);
    known.set(key, header);
    return header;
  };
}

async function resolveHeader(
  source: CredentialSource,
  ports: { readonly runProgram: RunProgram },
  options: CallOptions | undefined,
): Promise<string> {
  switch (source.kind) {
    case 'none':
      return encodeRegistryAuth('', undefined);
    case 'entry':
      return encodeRegistryAuth(source.serveraddress, source.entry);
    case 'helper': {
      const { program, server } = source;
      const result = await ports.runProgram({ program, args: ['get'], stdin: server }, options);
      return encodeRegistryAuth(server, readHelperAnswer(source, result));
    }
    default:
      return source satisfies never;
  }
}

/**
 * Credentials in a helper's answer; undefined when it knows none.
 * @source docker/docker-credential-helpers client/client.go (Get)
 */
export function readHelperAnswer(
  source: { readonly program: string; readonly server: string },
  result: ProgramResult,
): AuthEntry | undefined {
  const { program, server } = source;
  const said = result.stdout.trim();
  if (result.startError !== undefined) {
    throw credentialError(
      `error getting credentials - err: exec: "${program}": ${result.startError}, out: \`\``,
      `install ${program}, or take it out of credsStore and credHelpers in config.json`,
    );
  }
  if (result.code !== 0) {
    if (said === NOT_FOUND) return undefined;
    throw credentialError(
      `error getting credentials - err: exit status ${result.code}, out: \`${said}\``,
      `run \`echo ${server} | ${program} get\` by hand to see what is wrong`,
    );
  }
  const answer = parseAnswer(result.stdout);
  if (!answer) {
    throw credentialError(
      `error getting credentials - err: ${program} did not answer with JSON`,
      `run \`echo ${server} | ${program} get\` by hand to see what is wrong`,
    );
  }
  const { Username = '', Secret = '' } = answer;
  return Username === TOKEN_USER
    ? { identitytoken: Secret }
    : { username: Username, password: Secret };
}

function parseAnswer(
  text: string,
): { readonly Username?: string; readonly Secret?: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function credentialError(message: string, hint: string): UserError {
  return new UserError(message, { code: 'registry-credentials', exitCode: EXIT_CODE.failed, hint });
}
