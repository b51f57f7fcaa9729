import { EXIT_CODE, UsageError, type ExitCode } from '../../base/errors.ts';
import { colors } from '../colors.ts';
import type { Context } from '../context.ts';
import { parsePointInTime, parseTail } from './log-options.ts';
import { colorBySubject, logJson, logLine, prefixOf, type LogLook } from './log-text.ts';
import { chooseServices, LogNames, readStackLogs, type LogSink } from './read-stack-logs.ts';

/** The flags of `tstack logs`. */
export interface LogFlags {
  readonly follow: boolean;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly tail: string;
  readonly timestamps: boolean;
  readonly noPrefix: boolean;
  readonly format: 'text' | 'json';
}

/**
 * Prints the logs of a stack.
 * @returns 0, or 1 when one of them could not be read to its end
 * @throws UsageError, UserError, EngineError, CancelledError
 */
export async function showLogs(
  context: Context,
  [stack, services]: readonly [string, readonly string[]],
  flags: LogFlags,
): Promise<ExitCode> {
  const { clock, signal } = context;
  const at = (text: string | undefined, flag: string): number | undefined =>
    text === undefined ? undefined : parsePointInTime(text, flag, clock.now());
  const since = at(flags.since, 'since');
  const untilMs = at(flags.until, 'until');
  if (flags.follow && untilMs !== undefined) {
    throw new UsageError('--until has no meaning with --follow', 'Leave one of them out.');
  }
  const query = {
    services,
    follow: flags.follow,
    sinceSeconds: since === undefined ? undefined : since / 1000,
    untilMs,
    tail: parseTail(flags.tail),
    signal,
  };
  const engine = await context.engine();
  const chosen = await chooseServices(engine, stack, query);
  const names = new LogNames(engine, chosen, { stack, signal });
  await names.read();
  const sink = createSink(context, flags, names);
  const isWhole = await readStackLogs(chosen, query, { engine, names, sink });
  return isWhole ? EXIT_CODE.ok : EXIT_CODE.failed;
}

function createSink({ stdout, stderr }: Context, flags: LogFlags, names: LogNames): LogSink {
  const look: LogLook = {
    withTimestamps: flags.timestamps,
    withPrefix: !flags.noPrefix,
    width: Math.max(0, ...names.subjects.map((one) => prefixOf(one).length)),
    color: stdout.color ? colorBySubject(colors) : undefined,
    isTerminal: stdout.isTerminal,
  };
  return {
    write: (record) =>
      stdout.write(flags.format === 'json' ? logJson(record) : logLine(record, look)),
    complain: (service, error) => {
      const reason = error instanceof Error ? error.message : String(error);
      stderr.write(`${service}: its log could not be read to the end: ${reason}\n`);
    },
    end: (service) => stderr.write(`${service}: its log has ended; the service is gone\n`),
  };
}
