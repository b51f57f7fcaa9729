import { SCHEMA_VERSION, type LogRecord } from '../orchestrator/store/log-record.ts';

/** Turns a whole state of one schema into the next. Pure. */
export type Migration = (record: LogRecord) => LogRecord;

/** The step from schema n to n + 1 stands at place n - 1. A new schema adds its step here. */
export const MIGRATIONS: readonly Migration[] = [];

/**
 * The state in today's schema.
 * @throws RangeError when a step is missing: its schema never existed
 */
export function migrate(
  record: LogRecord,
  migrations: readonly Migration[] = MIGRATIONS,
  wanted: number = SCHEMA_VERSION,
): LogRecord {
  let current = record;
  while (current.schema < wanted) {
    const step = migrations[current.schema - 1];
    if (!step) throw new RangeError(`no step leads on from schema ${current.schema}`);
    current = { ...step(current), schema: current.schema + 1 };
  }
  return current;
}
