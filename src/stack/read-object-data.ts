import type { Format } from './format.ts';
import type { FileObjectKind, FileObjectModel } from './keys/secrets-and-configs.ts';
import { describeFailure } from './load.ts';
import type { ReadFile } from './read-file.ts';
import type { Path, Problem } from './report.ts';
import { lookUp } from './service-scope.ts';
import type { SourceScope } from './source-book.ts';

/** The engine takes fewer bytes than this. @source spec/stack-file.md 12.3 */
const LIMIT_BYTES: Readonly<Record<FileObjectKind, number>> = {
  secret: 512_000,
  config: 1_024_000,
};

interface DataOptions {
  readonly format: Format;
  readonly readFile: ReadFile;
  readonly scopeOf: (path: Path) => SourceScope;
  readonly report: (path: Path, problem: Omit<Problem, 'place'>) => void;
}

/**
 * The data of a secret or config, base64; empty when a driver gives it.
 *
 * `name` is the real one, for messages.
 * An unreadable file, no data, or more than the engine takes is reported here, before any write.
 * @source spec/stack-file.md 12.3
 */
export function readObjectData(
  { kind, key, name }: { kind: FileObjectKind; key: string; name: string },
  object: FileObjectModel,
  { readFile, format, scopeOf, report }: DataOptions,
): string {
  if ((object.driver ?? '') !== '') return '';
  const problem = (member: string, code: string, message: string, hint: string): undefined => {
    report([`${kind}s`, key, member], { code, severity: 'error', message, hint });
    return undefined;
  };
  const readText = (member: 'content' | 'environment'): Data | undefined => {
    const written = object[member] ?? '';
    if (member === 'content') return { member, bytes: Buffer.from(written), origin: 'content' };
    const value = lookUp(scopeOf([`${kind}s`, key]).env.values, written);
    if (value !== undefined) return { member, bytes: Buffer.from(value), origin: written };
    const message = `environment variable "${written}" required by ${kind} "${key}" is not set`;
    return problem(member, 'data-variable-not-set', message, 'set it, or use "file:"');
  };
  const readPath = (path: string): Data | undefined => {
    const content = readFile(path);
    if (content.kind === 'data') return { member: 'file', bytes: content.bytes, origin: path };
    const hint = `${kind} ${key} is read from this file; paths are relative to the ${format === 'docker' ? 'first stack file' : 'directory of the file that names it'}`;
    return problem('file', 'object-file-unreadable', describeFailure(path, content), hint);
  };
  const member = object.content === undefined ? 'environment' : 'content';
  const data = object[member] === undefined ? readPath(object.file ?? '') : readText(member);
  if (!data) return '';
  const { bytes } = data;
  const limit = LIMIT_BYTES[kind];
  if (bytes.length === 0 || bytes.length >= limit) {
    const message = `${kind} ${name}: ${kind} data must be larger than 0 and less than ${limit} bytes`;
    problem(data.member, 'object-data-size', message, `${data.origin} holds ${bytes.length} bytes`);
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

interface Data {
  readonly member: string;
  readonly bytes: Uint8Array;
  /** What to call it in messages. */
  readonly origin: string;
}
