import type { StackSource } from './load.ts';
import type { ProjectEnv } from './project-env.ts';
import type { YamlMap } from './yaml-values.ts';

/** What relative paths and variables of one file refer to. */
export interface SourceScope {
  /** Absolute. */
  readonly directory: string;
  readonly env: ProjectEnv;
}

/** A file before its variables are filled in. */
export interface Template {
  readonly file: number;
  readonly tree: YamlMap;
  readonly env: ProjectEnv;
}

/** Files of one call beyond these are refused, and so are more bytes. */
export const MAX_FILES = 500;
export const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/**
 * All files of one call: those of the command line first, then those they include and extend.
 *
 * The index of a file is `Place.file`. A file that is read for two purposes is in it twice.
 */
export class SourceBook {
  private readonly sources: StackSource[];
  private readonly scopes: SourceScope[];
  private readonly trees = new Map<number, YamlMap>();
  private size: number;

  /** A book that begins with the files of the command line, and appends to their list. */
  constructor(sources: StackSource[], scope: SourceScope) {
    this.sources = sources;
    this.scopes = sources.map(() => scope);
    this.size = sources.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** The index of the added file. */
  add(source: StackSource, scope: SourceScope): number {
    this.size += source.text.length;
    this.scopes.push(scope);
    return this.sources.push(source) - 1;
  }

  /** Whether there is room for another file of that length. */
  hasRoomFor(length: number): boolean {
    return this.sources.length < MAX_FILES && this.size + length <= MAX_TOTAL_BYTES;
  }

  /** Remembers what a file says before its variables are filled in. */
  keep(file: number, tree: YamlMap): void {
    this.trees.set(file, tree);
  }

  /** The files that were read, before their variables were filled in, in the order of reading. */
  templates(): readonly Template[] {
    return [...this.trees].map(([file, tree]) => ({ file, tree, env: this.scopeOf(file).env }));
  }

  /** As written on the command line, or seen from the working directory. */
  nameOf(file: number): string {
    return this.sources[file]?.name ?? '';
  }

  /** @throws RangeError for an index that `add` did not give */
  scopeOf(file: number): SourceScope {
    const scope = this.scopes[file];
    if (!scope) throw new RangeError(`no file ${file}`);
    return scope;
  }
}
