import { pino, type Logger } from 'pino';

/** The daemon's log: one JSON object a line. No secret is ever an argument of it. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** @param target - takes whole lines */
export function createLog(target: { write(line: string): void }, level: LogLevel): Log {
  const { stdTimeFunctions, stdSerializers } = pino;
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: stdSerializers.err },
  };
  return pino({ ...options, base: null }, target);
}
