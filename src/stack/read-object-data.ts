import type { FileObjectKind, FileObjectModel } from './keys/secrets-and-configs.ts';
import { describeFailure } from './load.ts';
import type { ReadFile } from './read-file.ts';
import type { Path, Problem } from './report.ts';

/** The engine takes fewer bytes than this. @source spec/stack-file.md 12.3 */
const LIMIT_BYTES: Readonly<Record<FileObjectKind, number>> = {
  secret: 512_000,
  config: 1_024_000,
};

interface DataOptions {
  readonly readFile: ReadFile;
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
  { readFile, report }: DataOptions,
): string {
  if ((object.driver ?? '') !== '') return '';
  const path = object.file ?? '';
  const problem = (code: string, message: string, hint: string): void => {
    report([`${kind}s`, key, 'file'], { code, severity: 'error', message, hint });
  };
  const content = readFile(path);
  if (content.kind === 'error') {
    const hint = `${kind} ${key} is read from this file; paths are relative to the first stack file`;
    problem('object-file-unreadable', describeFailure(path, content), hint);
    return '';
  }
  const { bytes } = content;
  if (bytes.length === 0 || bytes.length >= LIMIT_BYTES[kind]) {
    const limit = LIMIT_BYTES[kind];
    problem(
      'object-data-size',
      `${kind} ${name}: ${kind} data must be larger than 0 and less than ${limit} bytes`,
      `${path} holds ${bytes.length} bytes`,
    );
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
