import { decodeText } from './decode-text.ts';
import type { FileContent, ReadFile } from './read-file.ts';
import type { Report } from './report.ts';

/** Largest stack file, in bytes; ten thousand ordinary services take eight million. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The text of one `-c`. */
export interface StackSource {
  /** As written on the command line, `<stdin>` for `-`. */
  readonly name: string;
  readonly text: string;
}

/** All files of one call, in command line order. */
export interface LoadedSources {
  /** Reading appends the files that these include and extend. */
  readonly sources: StackSource[];
  /** Absolute: the directory of the first file, or the working directory when that is `-`. */
  readonly projectDirectory: string;
  /** For the files that these name. */
  readonly readFile: ReadFile;
  /** Absolute. */
  readonly workingDirectory: string;
}

/** What loading needs of the world. */
export interface LoadPorts {
  readonly readFile: ReadFile;
  /** All of standard input; called at most once. */
  readonly readStdin: () => Uint8Array;
  /** Absolute. */
  readonly workingDirectory: string;
}

/**
 * Reads every file of the command line (`-` is standard input, once).
 *
 * @returns undefined when a file cannot be read or is no text; all such problems are reported
 * @source spec/stack-file.md section 3, step 2
 */
export function loadSources(
  paths: readonly string[],
  ports: LoadPorts,
  report: Report,
): LoadedSources | undefined {
  const stdin = once(() => ({ kind: 'data', bytes: ports.readStdin() }) as const);
  const sources: StackSource[] = [];
  for (const path of paths) {
    const content = path === '-' ? stdin() : ports.readFile(path);
    const name = path === '-' ? '<stdin>' : path;
    const text = textOf(name, content, report);
    if (text !== undefined) sources.push({ name, text });
  }
  if (sources.length < paths.length) return undefined;
  const { readFile, workingDirectory } = ports;
  const projectDirectory = directoryOf(paths[0], workingDirectory);
  return { sources, projectDirectory, readFile, workingDirectory };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function directoryOf(first: string | undefined, workingDirectory: string): string {
  if (first === undefined || first === '-') return workingDirectory;
  const absolute = first.startsWith('/') ? first : `${workingDirectory}/${first}`;
  const parts: string[] = [];
  for (const part of absolute.split('/').slice(0, -1)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function textOf(name: string, content: FileContent, report: Report): string | undefined {
  if (content.kind === 'error') {
    report({
      code: 'file-not-readable',
      severity: 'error',
      message: describeFailure(name, content),
      hint: HINTS[content.code],
    });
    return undefined;
  }
  if (content.bytes.length > MAX_FILE_BYTES) {
    report({
      code: 'file-too-large',
      severity: 'error',
      message: `${name} has ${content.bytes.length} bytes; a stack file may have ${MAX_FILE_BYTES}`,
      hint: 'split it into several files and pass each with -c',
    });
    return undefined;
  }
  return decodeText(name, content.bytes, report);
}

/** The system's reasons in the words that users know from docker. */
const REASONS: Readonly<Record<string, readonly [operation: string, reason: string]>> = {
  ENOENT: ['open', 'no such file or directory'],
  ENOTDIR: ['open', 'not a directory'],
  EACCES: ['open', 'permission denied'],
  EPERM: ['open', 'operation not permitted'],
  ELOOP: ['open', 'too many levels of symbolic links'],
  ENAMETOOLONG: ['open', 'file name too long'],
  EMFILE: ['open', 'too many open files'],
  EISDIR: ['read', 'is a directory'],
  EIO: ['read', 'input/output error'],
};

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'check the path given with -c; it is relative to the current directory',
  EISDIR: 'name the file in it: -c DIRECTORY/compose.yml',
  EACCES: 'make the file readable for the user who runs this command',
};

/** `open nope.yml: no such file or directory`. */
export function describeFailure(
  path: string,
  failure: { readonly code: string; readonly message: string },
): string {
  const [operation, reason] = REASONS[failure.code] ?? ['read', failure.message];
  return `${operation} ${path}: ${reason}`;
}
