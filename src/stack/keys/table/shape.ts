/** What a value may be; a file's numbers are integers when they are whole. */
export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'mapping' | 'list';

/** Which values a place of a file takes. */
export interface Shape {
  readonly types: readonly ValueType[];
  /** Known keys of a mapping; others are refused, except `x-` ones and `entries`. */
  readonly keys?: Readonly<Record<string, KeyFacts>>;
  /** Values of a mapping whose keys the user chooses. */
  readonly entries?: Shape;
  /** Keys of `entries` are names: letters, digits, dots, underscores, hyphens. */
  readonly names?: true;
  readonly items?: Shape;
  readonly unique?: true;
  /** The only texts allowed. */
  readonly words?: readonly string[];
  readonly required?: readonly string[];
  readonly format?: 'duration' | 'ports';
  /** What a text must read as. */
  readonly reads?: 'boolean' | 'integer' | 'number';
  readonly minimum?: number;
  /** No `x-` keys. */
  readonly closed?: true;
}

/**
 * What becomes of a key.
 *
 * `mapped`: it changes the request. `client`: tstack does it itself. `emulated`: something near it
 * is done, and a note says what. `refused`: an error says why, and what to write instead.
 */
export type Outcome = 'mapped' | 'client' | 'emulated' | 'refused';

/** One key of the format: its values, and what becomes of it. */
export interface KeyFacts extends Shape {
  /** What it says, in one sentence without a full stop. */
  readonly about: string;
  readonly outcome: Outcome;
  /** API field, the tool's doing, or the reason of a refusal; on both clusters unless `embedded` says more. */
  readonly effect: string;
  readonly embedded?: string;
  /** What to write instead, or how to get more. */
  readonly instead?: string;
  /** A note is printed where the key is used. */
  readonly noted?: true;
}

export const TEXT: Shape = { types: ['string'] };
export const NUMBER: Shape = { types: ['number', 'string'], reads: 'number' };
export const INTEGER: Shape = { types: ['integer', 'string'], reads: 'integer' };
export const FLAG: Shape = { types: ['boolean', 'string'], reads: 'boolean' };
/** A number of CPUs: `0.5`, or a fraction such as `1/3`. */
export const CPUS: Shape = { types: ['number', 'string'] };
/** Sizes: bytes, or text with a unit. */
export const SIZE: Shape = { types: ['number', 'string'] };
export const DURATION: Shape = { types: ['string'], format: 'duration' };
export const TEXTS: Shape = { types: ['list'], items: TEXT };
export const UNIQUE_TEXTS: Shape = { types: ['list'], items: TEXT, unique: true };
export const TEXT_OR_TEXTS: Shape = { types: ['string', 'list'], items: TEXT, unique: true };
export const COMMAND: Shape = { types: ['string', 'list', 'null'], items: TEXT };
/** A mapping, or a list of `KEY=VALUE`. */
export const PAIRS: Shape = {
  types: ['mapping', 'list'],
  entries: { types: ['string', 'number', 'boolean', 'null'] },
  items: TEXT,
  unique: true,
  closed: true,
};
/** Options of a plugin. */
export const OPTIONS: Shape = {
  types: ['mapping'],
  entries: { types: ['string', 'number'] },
  closed: true,
};

/** One of some words. */
export function word(...words: readonly string[]): Shape {
  return { types: ['string'], words };
}

/** A mapping of known keys. */
export function mapping(
  keys: Readonly<Record<string, KeyFacts>>,
  more: Partial<Shape> = {},
): Shape {
  return { types: ['mapping'], keys, ...more };
}

/** A mapping from names to values of one shape. */
export function named(entries: Shape): Shape {
  return { types: ['mapping'], entries, names: true, closed: true };
}

/** A list of one shape. */
export function list(items: Shape, more: Partial<Shape> = {}): Shape {
  return { types: ['list'], items, ...more };
}

/** Either of two shapes; at most one of them has keys, at most one has items. */
export function either(a: Shape, b: Shape): Shape {
  return { ...a, ...b, types: [...a.types, ...b.types] };
}

/** A key that changes the request. */
export function mapped(shape: Shape, about: string, effect: string): KeyFacts {
  return { ...shape, about, outcome: 'mapped', effect };
}

/** A key that tstack acts on itself. */
export function client(shape: Shape, about: string, effect: string): KeyFacts {
  return { ...shape, about, outcome: 'client', effect };
}

/** A key that is read and shown, has no part in a deploy, and is mentioned. */
export function noted(shape: Shape, about: string, effect: string, instead: string): KeyFacts {
  return { ...shape, about, outcome: 'client', effect, instead, noted: true };
}

/** A key that is done in another way, with a note. */
export function emulated(shape: Shape, about: string, effect: string, instead: string): KeyFacts {
  return { ...shape, about, outcome: 'emulated', effect, instead, noted: true };
}

/** A key that cannot be honoured. */
export function refused(shape: Shape, about: string, effect: string, instead: string): KeyFacts {
  return { ...shape, about, outcome: 'refused', effect, instead };
}

/** Many keys with one fate: a refused or noted block's own keys. */
export function inherit(
  keys: Readonly<Record<string, readonly [shape: Shape, about: string]>>,
  facts: Pick<KeyFacts, 'outcome' | 'effect' | 'instead' | 'noted'>,
): Readonly<Record<string, KeyFacts>> {
  return Object.fromEntries(
    Object.entries(keys).map(([name, [shape, about]]) => [name, { ...shape, about, ...facts }]),
  );
}
