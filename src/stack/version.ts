import type { Report } from './report.ts';
import type { YamlMap } from './yaml-values.ts';

/** The newest version, and what files without a version get. */
export const NEWEST_VERSION = '3.13';

const MINOR = /^3\.(0|[1-9]|1[0-3])$/;

/** The `3.x` of a file, and whether it says so itself. */
export interface FileVersion {
  /** `3.0` to `3.13`. */
  readonly version: string;
  /** Whether there is a `version` key. */
  readonly versionGiven: boolean;
}

/** Minor number of `3.x`, for comparisons. */
export function minorOf(version: string): number {
  return Number(version.slice(2));
}

/**
 * Chooses the rules for a file by its `version`, before interpolation.
 *
 * @returns undefined when the version is reported as wrong
 * @source spec/stack-file.md section 5.1
 */
export function versionOf(raw: YamlMap, file: number, report: Report): FileVersion | undefined {
  const value = raw['version'];
  if (value === undefined) return { version: NEWEST_VERSION, versionGiven: false };
  if (typeof value === 'string') {
    if (value === '' || value === '3') return { version: NEWEST_VERSION, versionGiven: true };
    if (MINOR.test(value)) return { version: value, versionGiven: true };
  }
  const isWrongType = value !== null && typeof value !== 'string';
  const unsupported = `unsupported Compose file version: ${typeof value === 'string' ? value : '<nil>'}`;
  report({
    code: isWrongType ? 'version-not-string' : 'version-unsupported',
    severity: 'error',
    message: isWrongType ? 'version must be a string' : unsupported,
    place: { file, path: ['version'] },
    hint: isWrongType
      ? 'put the version in quotes, or leave it out'
      : `leave the version out, or write one of "3.0" to "${NEWEST_VERSION}"`,
  });
  return undefined;
}

/** Reports every file whose version is not the first one's. */
export function checkSameVersion(versions: readonly FileVersion[], report: Report): void {
  const [first] = versions;
  for (const [file, { version }] of versions.entries()) {
    if (!first || version === first.version) continue;
    report({
      code: 'version-mismatch',
      severity: 'error',
      message: `version mismatched between two composefiles : ${first.version} and ${version}`,
      place: { file, path: ['version'] },
      related: [{ message: 'the first file', place: { file: 0, path: ['version'] } }],
      hint: 'give all files the same version, or none',
    });
  }
}
