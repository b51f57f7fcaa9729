import { parseDuration } from '../base/duration.ts';
import { parsePort } from './keys/parse-port.ts';

interface Parsed {
  readonly kind: string;
  readonly reason?: string;
}

const reasonOf = (parsed: Parsed): string | undefined =>
  parsed.kind === 'error' ? parsed.reason : undefined;

/** What the formats of schemas/stack-file.schema.json mean: why a text does not match, if so. */
export const EXPLAIN_FORMAT = {
  duration: (text: string): string | undefined => reasonOf(parseDuration(text)),
  ports: (text: string): string | undefined => reasonOf(parsePort(text)),
} as const;

/** The same as the validator wants it. */
export const FORMATS = {
  duration: (text: string): boolean => EXPLAIN_FORMAT.duration(text) === undefined,
  ports: (text: string): boolean => EXPLAIN_FORMAT.ports(text) === undefined,
} as const;
