import type { Span } from '../base/diagnostic.ts';
import type { Place } from './report.ts';
import type { YamlMap } from './yaml-values.ts';

/** How far the docker command's own defects are reproduced: not at all, or exactly. */
export type Compat = 'none' | 'docker';

/** What reading needs besides the files. */
export interface ReadOptions {
  readonly compat: Compat;
  /** Leaves every `$` alone (`config --skip-interpolation`). */
  readonly skipInterpolation?: boolean;
  /** The process environment, the only source of variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** One stack file, read, interpolated and valid. Its index in the list is `Place.file`. */
export interface StackFile {
  /** As written on the command line, `<stdin>` for `-`. */
  readonly name: string;
  readonly text: string;
  /** `3.0` to `3.13`, as docker counts: an absent, empty or plain `3` version is `3.13`. */
  readonly version: string;
  readonly versionGiven: boolean;
  /** Before interpolation. */
  readonly raw: YamlMap;
  /** Interpolated and valid for its version. */
  readonly value: YamlMap;
}

/** All files of one call, ready to merge left to right. */
export interface ReadResult {
  readonly files: readonly StackFile[];
  /** Base of `env_file`, bind sources and secret/config files of all files. */
  readonly projectDirectory: string;
  /** Where a place stands in its file; the nearest existing parent when the exact path does not. */
  readonly locate: (place: Place) => Span | undefined;
}
