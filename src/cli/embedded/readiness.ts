import { closeSync, writeSync } from 'node:fs';
import { EXIT_CODE, UserError } from '../../base/errors.ts';

/** Where a daemon tells the command that started it how it went. */
export const READY_DESCRIPTOR = 3;

/** What it says when requests are answered. */
export const READY = 'ready\n';

/** What it says otherwise, as JSON. */
export interface FailureReport {
  readonly message: string;
  readonly code: string;
  readonly exitCode: number;
  readonly hint?: string | undefined;
}

/** Tells the starting command, once. */
export function reportReadiness(descriptor: number, failure?: unknown): void {
  const text = failure === undefined ? READY : JSON.stringify(toReport(failure));
  try {
    writeSync(descriptor, text);
    closeSync(descriptor);
  } catch (error) {
    // The command that waited was ended; the daemon stays.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

function toReport(error: unknown): FailureReport {
  if (error instanceof UserError) {
    const { message, code, exitCode, hint } = error;
    return { message, code, exitCode, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, code: 'cluster-not-started', exitCode: EXIT_CODE.unreachable };
}
