import { UsageError } from '../base/errors.ts';

interface OptionFacts {
  /** One letter, without the dash. */
  readonly short?: string;
  /** One line for help; no full stop. */
  readonly help: string;
  /** Left out of help and completion. */
  readonly hidden?: boolean;
  /** Printed on stderr when the flag is used. */
  readonly deprecated?: string;
}

interface ValueOptionFacts extends OptionFacts {
  /** Name of the value in help, e.g. `FILE`. */
  readonly placeholder: string;
  readonly complete?: Completion;
}

/** What the shell should offer for a value. */
export type Completion = 'file' | 'stack' | 'none';

/** `--flag`, `--flag=false`. Undefined when neither flag nor environment nor default speak. */
export interface BooleanOption extends OptionFacts {
  readonly kind: 'boolean';
  readonly default?: boolean;
}

export interface StringOption extends ValueOptionFacts {
  readonly kind: 'string';
  /** What `--flag` alone means; the value is then given as `--flag=VALUE` only. */
  readonly bare?: string;
  readonly default?: string;
}

/** One of a closed set of words. */
export interface ChoiceOption extends OptionFacts {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default?: string;
  /** Docker's own text for a word outside the set. */
  readonly refuse?: (word: string) => string;
}

/** May be given several times; with `csv` one value may also hold several, comma-separated. */
export interface ListOption extends ValueOptionFacts {
  readonly kind: 'list';
  readonly csv?: boolean;
  /** Text of the refusal when it is given more than once. */
  readonly once?: string;
  /** Throws UsageError on a malformed item. */
  readonly check?: (item: string) => void;
}

/** `90s`, `5m`, `1h30m`; the value is in milliseconds. */
export interface DurationOption extends OptionFacts {
  readonly kind: 'duration';
  /** As a user would write it. */
  readonly default?: string;
}

/** A whole number, zero or more. */
export interface CountOption extends ValueOptionFacts {
  readonly kind: 'count';
  readonly default?: number;
}

export type Option =
  | BooleanOption
  | StringOption
  | ChoiceOption
  | ListOption
  | DurationOption
  | CountOption;

/** Options by property name; the flag is its kebab-case form. */
export type OptionTable = Readonly<Record<string, Option>>;

type BareValue<O extends Option> = O extends ChoiceOption
  ? O['choices'][number]
  : O extends BooleanOption
    ? boolean
    : O extends StringOption
      ? string
      : number;

/** What an option gives to `run`. Lists are never undefined; others are without a default. */
export type OptionValue<O extends Option> = O extends ListOption
  ? readonly string[]
  : O extends { readonly default: unknown }
    ? BareValue<O>
    : BareValue<O> | undefined;

/** The values of a whole table. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: OptionValue<T[K]> };

/** Long flag of a property, without dashes: `composeFile` → `compose-file`. */
export function flagName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Variable that gives a flag its default: `TSTACK_COMPOSE_FILE`. */
export function environmentName(property: string): string {
  return `TSTACK_${flagName(property).replaceAll('-', '_').toUpperCase()}`;
}

/** `-c, --compose-file`, as error texts name a flag. */
export function flagNames(property: string, option: Option): string {
  const long = `--${flagName(property)}`;
  return option.short === undefined ? long : `-${option.short}, ${long}`;
}

/**
 * Turns the texts given for one option, in order, into its value.
 * @param texts - never empty
 * @param origin - how to name the option in errors, e.g. `"-d, --detach" flag`
 * @throws UsageError
 */
export function parseOptionValue(
  option: Option,
  texts: readonly string[],
  origin: string,
): string | number | boolean | readonly string[] {
  const last = texts.at(-1) ?? '';
  switch (option.kind) {
    case 'list':
      return parseList(option, texts, origin);
    case 'boolean':
      return parseBoolean(last, origin);
    case 'choice':
      return parseChoice(option, last, origin);
    case 'duration':
      return parseDurationMs(last, origin);
    case 'count':
      return parseCount(last, origin);
    case 'string':
      return last;
  }
}

const TRUE_WORDS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE_WORDS = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function parseBoolean(text: string, origin: string): boolean {
  if (TRUE_WORDS.has(text)) return true;
  if (FALSE_WORDS.has(text)) return false;
  throw invalid(text, origin, 'expected true or false');
}

function parseChoice(option: ChoiceOption, text: string, origin: string): string {
  if (option.choices.includes(text)) return text;
  if (option.refuse) {
    throw new UsageError(option.refuse(text), `Use one of: ${option.choices.join(', ')}.`);
  }
  throw invalid(text, origin, `expected one of ${option.choices.join(', ')}`);
}

function parseCount(text: string, origin: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalid(text, origin, 'expected a whole number');
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function parseDurationMs(text: string, origin: string): number {
  if (text === '0') return 0;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    throw invalid(text, origin, 'expected a duration such as 90s, 5m or 1h30m');
  }
  let total = 0;
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(number) * (UNIT_MS[unit] ?? 0);
  }
  return Math.round(total);
}

function parseList(option: ListOption, texts: readonly string[], origin: string): string[] {
  const items =
    option.csv === true ? texts.flatMap((text) => splitCsvLine(text, origin)) : [...texts];
  if (option.once !== undefined && items.length > 1) throw new UsageError(option.once);
  for (const item of items) option.check?.(item);
  return items;
}

/** One CSV record: `a,"b,c"` → a and b,c; a doubled quote inside quotes is a quote. */
function splitCsvLine(text: string, origin: string): string[] {
  if (text === '') return [];
  const items: string[] = [];
  let at = 0;
  for (;;) {
    const [item, next] =
      text[at] === '"' ? quotedField(text, at, origin) : plainField(text, at, origin);
    items.push(item);
    if (next >= text.length) return items;
    at = next + 1;
  }
}

function plainField(text: string, at: number, origin: string): [string, number] {
  const comma = text.indexOf(',', at);
  const end = comma < 0 ? text.length : comma;
  const field = text.slice(at, end);
  if (field.includes('"')) throw invalid(text, origin, 'bare " in non-quoted-field');
  return [field, end];
}

function quotedField(text: string, at: number, origin: string): [string, number] {
  const match = /"((?:[^"]|"")*)"(?=,|$)/y;
  match.lastIndex = at;
  const found = match.exec(text);
  if (!found) throw invalid(text, origin, 'extraneous or missing " in quoted-field');
  return [(found[1] ?? '').replaceAll('""', '"'), match.lastIndex];
}

function invalid(text: string, origin: string, reason: string): UsageError {
  return new UsageError(`invalid argument ${JSON.stringify(text)} for ${origin}: ${reason}`);
}
