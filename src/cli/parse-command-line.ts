import { Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import { didYouMean } from '../base/did-you-mean.ts';
import { UsageError } from '../base/errors.ts';
import type { AnyValues, ArgumentTable, Command } from './define-command.ts';
import { GLOBAL_OPTIONS, type GlobalValues } from './global-options.ts';
import { indexFlags, normaliseArgv } from './normalise-argv.ts';
import {
  environmentName,
  flagName,
  flagNames,
  parseOptionValue,
  type Option,
  type OptionTable,
} from './option.ts';
import { usageLine } from './usage.ts';

/** What one command line asks for. */
export interface Invocation {
  readonly globals: GlobalValues;
  /** Arguments and options of the command. */
  readonly values: AnyValues;
  /** Texts of deprecated flags that were used. */
  readonly notices: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Record<string, AnyValues[string]>;

/**
 * Reads the flags and arguments of one command: flag, else environment, else default.
 * @param rest - argv without the words that named the command
 * @throws UsageError
 */
export function parseCommandLine(
  command: Command,
  path: readonly string[],
  input: { readonly rest: readonly string[]; readonly env: Environment },
): Invocation {
  const tables = [GLOBAL_OPTIONS, command.options] as const;
  const given = new Map<string, string[]>();
  const { words, isHelp } = parseFlags(tables, input.rest, given);
  const read = (table: OptionTable): Values => readOptions(table, given, input.env);
  const globals = read(GLOBAL_OPTIONS) as unknown as GlobalValues;
  if (isHelp) return { globals: { ...globals, help: true }, values: {}, notices: [] };
  return {
    globals,
    values: { ...assignArguments(command.arguments, words, path), ...read(command.options) },
    notices: tables.flatMap((table) => deprecationsOf(table, given)),
  };
}

function parseFlags(
  tables: readonly OptionTable[],
  rest: readonly string[],
  given: Map<string, string[]>,
): { words: readonly string[]; isHelp: boolean } {
  const parser = createParser(tables, given);
  const tokens = normaliseArgv(rest, indexFlags(tables));
  const end = tokens.indexOf('--');
  if (tokens.slice(0, end < 0 ? undefined : end).includes('--help=true')) {
    return { words: [], isHelp: true };
  }
  try {
    parser.parse(tokens, { from: 'user' });
  } catch (error) {
    throw toUsageError(error, tables);
  }
  return { words: parser.args, isHelp: false };
}

/** Every option takes a value here: normaliseArgv wrote the value of booleans out. */
function createParser(tables: readonly OptionTable[], given: Map<string, string[]>): Parser {
  const parser = new Parser()
    .exitOverride()
    .helpOption(false)
    .allowExcessArguments(true)
    .argument('[words...]')
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const property of tables.flatMap((table) => Object.keys(table))) {
    const option = new ParserOption(`--${flagName(property)} <value>`);
    option.argParser((value: string) => {
      const texts = given.get(property) ?? [];
      texts.push(value);
      given.set(property, texts);
      return value;
    });
    parser.addOption(option);
  }
  return parser;
}

function toUsageError(error: unknown, tables: readonly OptionTable[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const flag = /'(--?[^' =]+)/.exec(error.message)?.[1] ?? '';
  if (error.code !== 'commander.unknownOption') return new UsageError(error.message);
  const visible = tables.flatMap((table) =>
    Object.entries(table).filter(([, option]) => option.hidden !== true),
  );
  const near = didYouMean(
    flag.replace(/^-+/, ''),
    visible.map(([property]) => flagName(property)),
  );
  return new UsageError(
    `unknown flag: ${flag}`,
    near === undefined ? undefined : `Did you mean --${near}?`,
  );
}

function readOptions(
  table: OptionTable,
  given: ReadonlyMap<string, string[]>,
  env: Environment,
): Values {
  const values: Values = {};
  for (const [property, option] of Object.entries(table)) {
    values[property] = readOption(property, option, { texts: given.get(property), env });
  }
  return values;
}

function readOption(
  property: string,
  option: Option,
  from: { readonly texts: readonly string[] | undefined; readonly env: Environment },
): AnyValues[string] {
  if (from.texts) {
    return parseOptionValue(option, from.texts, `"${flagNames(property, option)}" flag`);
  }
  const variable = environmentName(property);
  const text = from.env[variable];
  if (text !== undefined && text !== '' && property !== 'help') {
    return parseOptionValue(option, [text], `environment variable ${variable}`);
  }
  if (option.kind === 'list') return [];
  if (option.default === undefined) return undefined;
  return option.kind === 'duration'
    ? parseOptionValue(option, [option.default], 'default')
    : option.default;
}

function deprecationsOf(table: OptionTable, given: ReadonlyMap<string, string[]>): string[] {
  return Object.entries(table).flatMap(([property, option]) =>
    option.deprecated !== undefined && given.has(property) ? [option.deprecated] : [],
  );
}

function assignArguments(
  table: ArgumentTable,
  words: readonly string[],
  path: readonly string[],
): Values {
  const entries = Object.entries(table);
  const least = entries.filter(([, one]) => one.count === 'one' || one.count === 'some').length;
  const isOpen = entries.some(([, one]) => one.count === 'some' || one.count === 'any');
  const most = isOpen ? Infinity : entries.length;
  if (words.length < least || words.length > most) {
    throw new UsageError(
      `tstack: 'tstack ${path.join(' ')}' ${countText(least, most)}`,
      `Usage: ${usageLine(path, table)}`,
    );
  }
  return Object.fromEntries(
    entries.map(([property, one], index) => [
      property,
      one.count === 'some' || one.count === 'any' ? words.slice(index) : words[index],
    ]),
  );
}

/** Docker's words for a wrong number of arguments. */
function countText(least: number, most: number): string {
  const plural = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;
  if (most === 0) return 'accepts no arguments';
  if (most === Infinity) return `requires at least ${plural(least)}`;
  if (least === most) return `requires ${plural(least)}`;
  return `requires at least ${least} and at most ${plural(most)}`;
}
