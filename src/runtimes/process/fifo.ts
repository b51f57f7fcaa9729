import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

/** Makes named pipes that only this user can open. */
export async function makeFifos(mkfifo: string, paths: readonly string[]): Promise<void> {
  await promisify(execFile)(mkfifo, ['-m', '600', '--', ...paths]);
}

/**
 * Opens a named pipe for reading; never waits for a writer.
 *
 * It ends when the last writer has closed it. A pipe that no writer opens does not end.
 */
export function openFifo(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
