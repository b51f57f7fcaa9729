import { X_TSTACK, X_TSTACK_KEY } from '../x-tstack-table.ts';
import { STACK_FILE } from './index.ts';
import type { KeyFacts, Shape, ValueType } from './shape.ts';

/** A JSON Schema, draft 7. */
interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** `$` begins a variable, which may become anything. */
const VARIABLE = String.raw`\$`;

const PATTERNS = {
  boolean: '^(?:[Tt]rue|[Ff]alse|yes|no|y|n|on|off|1|0)$',
  integer: String.raw`^[-+]?\d+$`,
  number: String.raw`^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$`,
  duration: String.raw`^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$`,
} as const;

const NAME = '^[a-zA-Z0-9._-]+$';

/**
 * The JSON Schema of stack files, made from the key table.
 *
 * For files as they are written: a text with a variable fits everywhere a text may stand.
 */
export function stackSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'stack.schema.json',
    title: 'tstack stack file',
    description: 'A Compose file that tstack deploys as a stack, with what becomes of each key.',
    ...schemaOf(withExtension(STACK_FILE)),
  };
}

/** The same as the text of schemas/stack.schema.json. */
export function stackSchemaText(): string {
  return `${JSON.stringify(stackSchema(), null, 2)}\n`;
}

/** `x-tstack` at the top and in services. */
function withExtension(file: Shape): Shape {
  const { services, ...keys } = file.keys ?? {};
  if (!services?.entries) return file;
  const service = { ...services.entries, keys: { ...services.entries.keys, ...own('service') } };
  return {
    ...file,
    keys: { ...own('stack'), services: { ...services, entries: service }, ...keys },
  };
}

function own(place: 'stack' | 'service'): Readonly<Record<string, KeyFacts>> {
  const about = 'extension keys of tstack';
  const facts = {
    about,
    outcome: 'client',
    effect: 'read by tstack, passed over by others',
  } as const;
  return { [X_TSTACK_KEY]: { ...X_TSTACK[place], ...facts } };
}

function schemaOf(shape: Shape): JsonSchema {
  const variants = shape.types.flatMap((type) => VARIANTS[type](shape));
  return variants.length === 1 && variants[0] ? variants[0] : { anyOf: variants };
}

function keySchema(facts: KeyFacts): JsonSchema {
  return { description: hover(facts), ...schemaOf(facts) };
}

function hover({ about, outcome, effect, embedded, instead }: KeyFacts): string {
  const lines = [
    `${about.charAt(0).toUpperCase()}${about.slice(1)}.`,
    `Swarm (${outcome}): ${effect}.`,
    `Embedded cluster: ${embedded ?? 'the same'}.`,
    ...(instead === undefined ? [] : [`Instead: ${instead}.`]),
  ];
  return lines.join('\n\n');
}

const VARIANTS: Readonly<Record<ValueType, (shape: Shape) => readonly JsonSchema[]>> = {
  null: () => [{ type: 'null' }],
  boolean: () => [{ type: 'boolean' }],
  integer: (shape) => [numeric('integer', shape)],
  number: (shape) => [numeric('number', shape)],
  string: texts,
  list: ({ items, unique }) => [
    {
      type: 'array',
      ...(items && { items: schemaOf(items) }),
      ...(unique === true && { uniqueItems: true }),
    },
  ],
  mapping: (shape) => [mappingSchema(shape)],
};

function numeric(type: string, { minimum }: Shape): JsonSchema {
  return { type, ...(minimum !== undefined && { minimum }) };
}

function texts({ words, reads, format }: Shape): readonly JsonSchema[] {
  const variable = { type: 'string', pattern: VARIABLE };
  if (words) return [{ type: 'string', enum: words }, variable];
  if (reads) return [{ type: 'string', pattern: PATTERNS[reads] }, variable];
  if (format === 'duration') return [{ type: 'string', pattern: PATTERNS.duration }, variable];
  return [{ type: 'string' }];
}

function mappingSchema(shape: Shape): JsonSchema {
  const keys = Object.entries(shape.keys ?? {});
  return {
    type: 'object',
    ...(keys.length > 0 && {
      properties: Object.fromEntries(keys.map(([key, facts]) => [key, keySchema(facts)])),
    }),
    ...(shape.required && { required: shape.required }),
    ...otherKeys(shape),
  };
}

/** What keys a mapping may have besides those it knows. */
function otherKeys({ keys = {}, entries, names, closed }: Shape): JsonSchema {
  const own = Object.keys(keys).filter((key) => key.startsWith('x-'));
  const extensions = closed === true ? {} : { [extensionPattern(own)]: {} };
  const patterns =
    names === true && entries ? { ...extensions, [NAME]: schemaOf(entries) } : extensions;
  const patternProperties = Object.keys(patterns).length > 0 && { patternProperties: patterns };
  if (!entries) {
    const isOpen = Object.keys(keys).length === 0;
    return { ...patternProperties, ...(!isOpen && { additionalProperties: false }) };
  }
  if (names === true) return { ...patternProperties, additionalProperties: false };
  const rest = { additionalProperties: schemaOf(entries), propertyNames: { minLength: 1 } };
  return { ...patternProperties, ...rest };
}

/** `x-` keys other than those with a meaning. */
function extensionPattern(own: readonly string[]): string {
  return own.length === 0 ? '^x-' : `^x-(?!(?:${own.map((key) => key.slice(2)).join('|')})$)`;
}
