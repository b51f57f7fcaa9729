/** The engine whose API this server speaks, as clients parse it. */
export const ENGINE_VERSION = '28.5.2';

/** A version of the Engine API; 1.51 is `{ major: 1, minor: 51 }`. */
export interface ApiVersion {
  readonly major: number;
  readonly minor: number;
}

/** The highest version served; what a path without prefix means. */
export const MAX_API_VERSION: ApiVersion = { major: 1, minor: 51 };

/** The lowest version served. */
export const MIN_API_VERSION: ApiVersion = { major: 1, minor: 24 };

/** `1.51` */
export function formatApiVersion({ major, minor }: ApiVersion): string {
  return `${major}.${minor}`;
}

/** Whether `version` is lower than `major.minor` of the other. */
export function isBelow(version: ApiVersion, other: ApiVersion | `1.${number}`): boolean {
  const limit = typeof other === 'string' ? { major: 1, minor: Number(other.slice(2)) } : other;
  return version.major === limit.major ? version.minor < limit.minor : version.major < limit.major;
}

/** A path without its version prefix. */
export interface VersionedPath {
  /** Begins with a slash; the query string is left in place. */
  readonly path: string;
  /** Absent when the path had no prefix. */
  readonly version?: ApiVersion;
}

/**
 * Takes the version prefix off a path: `/v1.44/services` is `/services` at 1.44.
 *
 * `/v1.051` means 1.51, `/v1` means 1.0; a prefix of another form is part of the path.
 * @source spec/engine-api.md section 1.1
 */
export function splitVersionPrefix(url: string): VersionedPath {
  const match = /^\/v(\d{1,9})(?:\.(\d{1,9}))?(\/.*)$/s.exec(url);
  if (!match) return { path: url };
  const [, major, minor = '0', path = '/'] = match;
  return { path, version: { major: Number(major), minor: Number(minor) } };
}
