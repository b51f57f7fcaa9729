import { parseDotenv } from './dotenv.ts';
import { describeFailure } from './load.ts';
import { displayPath } from './paths.ts';
import type { FileContent, ReadFile } from './read-file.ts';
import type { Place, Report } from './report.ts';

/** Variables for interpolation, and which of them files gave. */
export interface ProjectEnv {
  readonly values: Readonly<Record<string, string>>;
  /** Where a value stands; absent: the environment of the command. */
  readonly origins: ReadonlyMap<string, EnvOrigin>;
}

/** A line of an env file. */
export interface EnvOrigin {
  /** As to be shown. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** The environment of the command alone. */
export function shellEnv(values: Readonly<Record<string, string>>): ProjectEnv {
  return { values, origins: new Map() };
}

/** An env file that a flag or a stack file names. */
export interface EnvFileRequest {
  /** Absolute, or relative to the working directory. */
  readonly path: string;
  /** Whether it may be missing; then a directory of that name is no error either. */
  readonly isOptional: boolean;
  /** Where a stack file names it. */
  readonly place?: Place;
}

interface EnvPorts {
  readonly readFile: ReadFile;
  readonly workingDirectory: string;
  readonly report: Report;
}

/**
 * Puts env files below an environment: what is set already wins, then the last file.
 *
 * @returns the environment itself when the files add nothing; problems are reported
 * @source docker docs, environment variables precedence; compose-spec 14-include.md
 */
export function layerEnvFiles(
  base: ProjectEnv,
  requests: readonly EnvFileRequest[],
  ports: EnvPorts,
): ProjectEnv {
  const added = new Map<string, { readonly value: string; readonly origin: EnvOrigin }>();
  for (const request of requests) {
    const content = ports.readFile(request.path);
    if (content.kind === 'error') reportUnreadable(request, content, ports);
    else readLayer(content.bytes, { request, base, added, ports });
  }
  if (added.size === 0) return base;
  const values = Object.create(null) as Record<string, string>;
  const origins = new Map(base.origins);
  for (const [name, { value, origin }] of added) {
    if (Object.hasOwn(base.values, name)) continue;
    values[name] = value;
    origins.set(name, origin);
  }
  return { values: Object.assign(values, base.values), origins };
}

interface Layer {
  readonly request: EnvFileRequest;
  readonly base: ProjectEnv;
  readonly added: Map<string, { readonly value: string; readonly origin: EnvOrigin }>;
  readonly ports: EnvPorts;
}

function readLayer(bytes: Uint8Array, { request, base, added, ports }: Layer): void {
  const outer = (name: string): string | undefined =>
    Object.hasOwn(base.values, name) ? base.values[name] : undefined;
  const parsed = parseDotenv(bytes, (name) => outer(name) ?? added.get(name)?.value);
  const file = displayPath(request.path, ports.workingDirectory);
  if (parsed.kind === 'error') {
    ports.report({
      code: 'invalid-env-file',
      severity: 'error',
      message: `invalid env file (${file}:${parsed.line}): ${parsed.reason}`,
      place: request.place,
      hint: 'write NAME=value, with quotes around a value that has blanks at its edges',
    });
    return;
  }
  for (const [name, written] of parsed.variables) {
    const value = written ?? outer(name);
    const line = parsed.lines.get(name) ?? 0;
    if (value !== undefined) added.set(name, { value, origin: { file, line } });
  }
}

function reportUnreadable(
  { path, isOptional, place }: EnvFileRequest,
  content: Extract<FileContent, { readonly kind: 'error' }>,
  { workingDirectory, report }: EnvPorts,
): void {
  if (isOptional && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(content.code)) return;
  report({
    code: 'env-file-unreadable',
    severity: 'error',
    message: describeFailure(displayPath(path, workingDirectory), content),
    place,
    hint: place
      ? 'the path is relative to the directory of the file that names it'
      : 'the path after --env-file is relative to the current directory',
  });
}
