/** What reading one file gave; the same shape as the stack pipeline's port. */
export type ConfigFileContent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** Reads a file of the docker command's configuration; never throws. */
export type ReadConfigFile = (path: string) => ConfigFileContent;

/** Where the docker command's configuration is, and how to read it. */
export interface DockerHome {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory, for `~/.docker`. */
  readonly homeDir: string;
  readonly readFile: ReadConfigFile;
}

/** One member of `auths`. */
export interface AuthEntry {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** The members of `config.json` that tstack honours; all default to empty. */
export interface DockerConfig {
  /** The folder, from DOCKER_CONFIG or the home directory. */
  readonly dir: string;
  readonly currentContext: string;
  /** Extra headers of every request. */
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly auths: Readonly<Record<string, AuthEntry>>;
  /** Name of the credential helper for every registry, or empty. */
  readonly credsStore: string;
  /** Registry host to credential helper name. */
  readonly credHelpers: Readonly<Record<string, string>>;
  /** Default `--format` of `services`, or empty. */
  readonly servicesFormat: string;
  /** Default `--format` of `ps`, or empty. */
  readonly tasksFormat: string;
  /** Things to tell the user on stderr; the command goes on. */
  readonly warnings: readonly string[];
}

/** The configuration folder. @source docker/cli cli/config/config.go (Dir) */
export function dockerConfigDir(home: DockerHome): string {
  const fromEnv = home.env['DOCKER_CONFIG'] ?? '';
  return fromEnv === '' ? `${home.homeDir}/.docker` : fromEnv;
}

/**
 * Reads `config.json`; a missing or empty file gives defaults, an unreadable one a warning as well.
 *
 * Members of a wrong type count as absent.
 * @source docker/cli cli/config/config.go (LoadDefaultConfigFile); spec engine-api 19.2
 */
export function readDockerConfig(home: DockerHome): DockerConfig {
  const dir = dockerConfigDir(home);
  const path = `${dir}/config.json`;
  const content = home.readFile(path);
  if (content.kind === 'error') {
    const isMissing = content.code === 'ENOENT' || content.code === 'ENOTDIR';
    return toConfig(dir, {}, isMissing ? [] : [parseWarning(path, content.message)]);
  }
  const text = new TextDecoder().decode(content.bytes).trim();
  if (text === '') return toConfig(dir, {}, []);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return toConfig(dir, parsed, []);
    return toConfig(dir, {}, [parseWarning(path, 'the top level is not a JSON object')]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return toConfig(dir, {}, [parseWarning(path, reason)]);
  }
}

/** Words of the docker command. */
function parseWarning(path: string, reason: string): string {
  return `Error parsing config file (${path}): ${reason}`;
}

function toConfig(
  dir: string,
  json: Readonly<Record<string, unknown>>,
  warnings: readonly string[],
): DockerConfig {
  return {
    dir,
    currentContext: stringOf(json['currentContext']),
    httpHeaders: stringMapOf(json['HttpHeaders']),
    auths: parseAuths(json['auths']),
    credsStore: stringOf(json['credsStore']),
    credHelpers: stringMapOf(json['credHelpers']),
    servicesFormat: stringOf(json['servicesFormat']),
    tasksFormat: stringOf(json['tasksFormat']),
    warnings,
  };
}

/** The `auths` object of config.json or DOCKER_AUTH_CONFIG; entries of a wrong type are left out. */
export function parseAuths(value: unknown): Readonly<Record<string, AuthEntry>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([server, entry]) =>
      isRecord(entry) ? [[server, stringMapOf(entry) as AuthEntry]] : [],
    ),
  );
}

/** Whether a parsed JSON value is an object (not an array, not null). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function stringMapOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
