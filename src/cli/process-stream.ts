import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Stream } from './context.ts';

/**
 * Writes files and pipes with one system call: Node's stream for them costs 15 ms to make. That stream
 * takes over on terminals, and when a pipe is full and whoever made it does not let writers wait.
 */
export function openStream(descriptor: 1 | 2, open: () => NodeJS.WriteStream): Stream {
  let isClosed = false;
  let stream: NodeJS.WriteStream | undefined;
  const toStream = (): NodeJS.WriteStream => {
    if (stream) return stream;
    stream = open();
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      isClosed = true;
    });
    return stream;
  };
  const terminal = isTerminal(descriptor);
  return {
    write(text) {
      if (isClosed) return;
      if (terminal || stream) {
        toStream().write(text);
        return;
      }
      const { rest, code } = writeAll(descriptor, text);
      if (code === 'EPIPE') isClosed = true;
      else if (rest.length > 0) toStream().write(rest);
    },
    isTerminal: terminal,
    get columns() {
      const columns = terminal ? toStream().columns : 0;
      return columns > 0 ? columns : 80;
    },
    get isClosed() {
      return isClosed;
    },
  };
}

/** What of the text could not be written, and why. Other troubles than EPIPE are the stream's to tell. */
function writeAll(descriptor: number, text: string): { rest: Uint8Array; code?: string } {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      return { rest, code: (error as NodeJS.ErrnoException).code ?? '' };
    }
  }
  return { rest };
}

/** Major number of /dev/null on Linux, where pipelines send what they do not read. */
const MEMORY_DEVICES = 1;

/** Whether a descriptor is a terminal; asks node:tty only about what may be a terminal. */
export function isTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev >>> 8 !== MEMORY_DEVICES && isatty(descriptor);
  } catch {
    // A closed descriptor.
    return false;
  }
}
