import type { Format } from './format.ts';
import type { Compat } from './read-stack.ts';
import type { ReadFile } from './read-file.ts';
import type { Path, Problem, Report } from './report.ts';
import type { SourceScope } from './source-book.ts';

/** What decoding one file needs besides the file. */
export interface DecodeContext {
  /** Index of the file, in command line order. */
  readonly file: number;
  /** Minor number of the file's version: 13 for `3.13`. */
  readonly minor: number;
  /** Base of relative paths at a path of the file, and the variables that hold there. */
  readonly scopeOf: (path: Path) => SourceScope;
  readonly readFile: ReadFile;
  readonly compat: Compat;
  readonly format: Format;
  readonly report: Report;
  /** Env files already read, by resolved path: thousands of services may share one. */
  readonly envFiles: Map<string, EnvFile>;
}

/** Variables of one env file; null where the line had no `=` or no value. */
export type EnvFile = ReadonlyMap<string, string | null> | 'unreadable';

interface Finding {
  readonly code: string;
  /** What is wrong, without the place. */
  readonly reason: string;
  readonly hint?: string;
}

/**
 * Where decoding stands in one file.
 *
 * Holds one path that grows and shrinks; it is copied only when something is reported.
 */
export class Cursor {
  readonly context: DecodeContext;
  readonly #path: (string | number)[] = [];

  constructor(context: DecodeContext) {
    this.context = context;
  }

  enter(key: string | number): void {
    this.#path.push(key);
  }

  leave(): void {
    this.#path.pop();
  }

  /** The last step of the path: the name of the thing being read. */
  key(): string {
    return String(this.#path.at(-1));
  }

  /** The path from the top of the file. */
  path(): Path {
    return [...this.#path];
  }

  /** Absolute: what relative paths at this place refer to. */
  directory(): string {
    return this.context.scopeOf(this.#path).directory;
  }

  /** A variable of the project at this place. */
  variable(name: string): string | undefined {
    const { values } = this.context.scopeOf(this.#path).env;
    return Object.hasOwn(values, name) ? values[name] : undefined;
  }

  /** `services.web.ports.0` */
  toString(): string {
    return this.#path.join('.');
  }

  /** Reports an error at the place; the message starts with its path. */
  error({ reason, ...finding }: Finding): void {
    this.problem({ ...finding, severity: 'error', message: `${this.toString()}: ${reason}` });
  }

  /** Reports a warning with a message of its own. */
  warn({ reason, ...finding }: Finding): void {
    this.problem({ ...finding, severity: 'warning', message: reason });
  }

  /** Reports a problem at the place. */
  problem(problem: Omit<Problem, 'place'>): void {
    this.context.report({ ...problem, place: { file: this.context.file, path: this.path() } });
  }
}
