import { UsageError } from '../base/errors.ts';
import { flagName, type Option, type OptionTable } from './option.ts';

interface Flag {
  readonly long: string;
  readonly option: Option;
}

/** Options by long and by short name. */
export interface FlagIndex {
  readonly byLong: ReadonlyMap<string, Flag>;
  readonly byShort: ReadonlyMap<string, Flag>;
}

/** Indexes option tables; a later table wins where short names meet. */
export function indexFlags(tables: readonly OptionTable[]): FlagIndex {
  const byLong = new Map<string, Flag>();
  const byShort = new Map<string, Flag>();
  for (const [property, option] of tables.flatMap((table) => Object.entries(table))) {
    const flag = { long: flagName(property), option };
    byLong.set(flag.long, flag);
    if (option.short !== undefined) byShort.set(option.short, flag);
  }
  return { byLong, byShort };
}

/** One step over argv: canonical tokens, and how many input tokens they came from. */
interface Reading {
  readonly tokens: readonly string[];
  readonly taken: number;
}

/**
 * Rewrites docker's spellings of flags into one: every known flag becomes `--long=value`.
 *
 * Parity: `-d`, `-d=false`, `-qd`, `-cfile`, `-c=file` and `-c file` mean what they mean to docker.
 * Unknown flags stay as they are; nothing after `--` is touched.
 * @throws UsageError when a flag lacks its value
 */
export function normaliseArgv(argv: readonly string[], flags: FlagIndex): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < argv.length;) {
    if (argv[at] === '--') return [...tokens, ...argv.slice(at)];
    const reading = readToken(argv, at, flags);
    tokens.push(...reading.tokens);
    at += reading.taken;
  }
  return tokens;
}

/** How many tokens of argv belong to the flag at `at`; 0 when it is not a known flag. */
export function flagLength(argv: readonly string[], at: number, flags: FlagIndex): number {
  const reading = readToken(argv, at, flags);
  return reading.tokens.every((token) => isKnown(token, flags)) ? reading.taken : 0;
}

function isKnown(token: string, flags: FlagIndex): boolean {
  return flags.byLong.has(/^--([^=]+)=/.exec(token)?.[1] ?? '');
}

function readToken(argv: readonly string[], at: number, flags: FlagIndex): Reading {
  const token = argv[at] ?? '';
  if (token.startsWith('--')) return readLong(token, argv[at + 1], flags);
  if (token.startsWith('-') && token.length > 1) return readShorts(token, argv[at + 1], flags);
  return { tokens: [token], taken: 1 };
}

function readLong(token: string, next: string | undefined, flags: FlagIndex): Reading {
  const flag = flags.byLong.get(token.slice(2));
  if (!flag) return { tokens: [token], taken: 1 };
  const bare = bareValue(flag.option);
  if (bare !== undefined) return { tokens: [`${token}=${bare}`], taken: 1 };
  if (next === undefined) throw new UsageError(`flag needs an argument: ${token}`);
  return { tokens: [`${token}=${next}`], taken: 2 };
}

/** The value of a flag that is given without one; undefined when it needs one. */
export function bareValue(option: Option): string | undefined {
  if (option.kind === 'boolean') return 'true';
  return option.kind === 'string' ? option.bare : undefined;
}

function readShorts(token: string, next: string | undefined, flags: FlagIndex): Reading {
  const tokens: string[] = [];
  for (let at = 1; at < token.length; at += 1) {
    const letter = token.charAt(at);
    const flag = flags.byShort.get(letter);
    if (!flag) throw new UsageError(`unknown shorthand flag: '${letter}' in ${token}`);
    const rest = token.slice(at + 1);
    const long = `--${flag.long}`;
    if (rest.startsWith('=')) return { tokens: [...tokens, `${long}${rest}`], taken: 1 };
    if (flag.option.kind === 'boolean') {
      tokens.push(`${long}=true`);
      continue;
    }
    if (rest !== '') return { tokens: [...tokens, `${long}=${rest}`], taken: 1 };
    if (next === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${token}`);
    return { tokens: [...tokens, `${long}=${next}`], taken: 2 };
  }
  return { tokens, taken: 1 };
}
