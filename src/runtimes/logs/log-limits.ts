import { parseBytes } from '../../base/bytes.ts';
import type { Driver } from '../../swarm/object.ts';

/** How much of a task's output is kept. */
export interface LogLimits {
  /** A file of the log is closed when it has this size. */
  readonly maxBytes: number;
  /** Files kept, the current one included; 0 keeps nothing at all. */
  readonly maxFiles: number;
}

const DEFAULT_LIMITS: LogLimits = { maxBytes: 10 * 1024 ** 2, maxFiles: 3 };

const LOCAL_DRIVERS = new Set(['', 'json-file', 'local']);

/**
 * The limits that a task's log driver sets: `max-size` and `max-file` of the drivers that keep logs
 * in files, nothing with `none`.
 * @throws Error when the driver sends logs elsewhere, which this runtime cannot, or a limit is none
 */
export function toLogLimits(driver: Driver | undefined): LogLimits {
  const name = driver?.Name ?? '';
  if (name === 'none') return { maxBytes: 0, maxFiles: 0 };
  if (!LOCAL_DRIVERS.has(name)) {
    throw new Error(
      `log driver "${name}" needs a container engine; here it can be json-file, local or none`,
    );
  }
  const size = driver?.Options?.['max-size'];
  const files = driver?.Options?.['max-file'];
  return {
    maxBytes: size === undefined ? DEFAULT_LIMITS.maxBytes : readSize(size),
    maxFiles: files === undefined ? DEFAULT_LIMITS.maxFiles : readCount(files),
  };
}

function readSize(text: string): number {
  const parsed = parseBytes(text);
  if (parsed.kind === 'ok' && parsed.bytes > 0) return parsed.bytes;
  throw new Error(`log option max-size: "${text}" is no size`);
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`log option max-file: "${text}" is no number of files`);
}
