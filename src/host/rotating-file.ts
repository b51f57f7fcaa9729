import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A text file of bounded size: when full it becomes `<path>.1`, which it replaces. */
export interface RotatingFile {
  write(text: string): void;
  close(): void;
}

/** Opens a file for appending (0600). @param limitBytes - of each of the two files */
export function openRotatingFile(path: string, limitBytes: number): RotatingFile {
  let descriptor = openSync(path, 'a', 0o600);
  let size = fstatSync(descriptor).size;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      if (size > 0 && size + bytes.length > limitBytes) {
        closeSync(descriptor);
        renameSync(path, `${path}.1`);
        descriptor = openSync(path, 'a', 0o600);
        size = 0;
      }
      writeSync(descriptor, bytes);
      size += bytes.length;
    },
    close: () => closeSync(descriptor),
  };
}
