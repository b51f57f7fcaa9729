import type { ProgressPorts, ProgressRenderer } from './create-progress.ts';

/** Grows when a member changes its meaning; new members do not count. */
const EVENTS_VERSION = 1;

/**
 * An event per line on stdout, each with `at` (RFC 3339); the first line names the format.
 *
 * `schemas/events.schema.json` describes the lines.
 */
export function createJsonProgress({ stdout, clock }: ProgressPorts): ProgressRenderer {
  const write = (event: object): void => {
    const at = new Date(clock.now()).toISOString();
    stdout.write(`${JSON.stringify({ at, ...event })}\n`);
  };
  write({ type: 'format', format: 'tstack-events', version: EVENTS_VERSION });
  return { emit: write, close: () => Promise.resolve() };
}
