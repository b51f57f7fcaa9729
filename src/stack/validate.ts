import { knownKeys, validate as validateTree } from '#stack-file-validator';
import { didYouMean } from '../base/did-you-mean.ts';
import { shapeAt } from './check-structure.ts';
import { EXPLAIN_FORMAT } from './formats.ts';
import type { Compat } from './read-stack.ts';
import type { Path, Problem, Report } from './report.ts';
import { FORBIDDEN_OPTIONS } from './forbidden-options.ts';
import { STACK_FILE } from './keys/table/index.ts';
import { checkSince } from './since-version.ts';
import { minorOf } from './version.ts';
import {
  YamlFloat,
  YamlTimestamp,
  type YamlMap,
  type YamlValue,
  isYamlMap,
} from './yaml-values.ts';

type SchemaError = NonNullable<typeof validateTree.errors>[number];

/** What a message is made of, whoever found the error. */
type Violation = Pick<SchemaError, 'keyword' | 'params' | 'propertyName'>;

/** One interpolated file. */
export interface ValidateInput {
  readonly file: number;
  readonly version: string;
  readonly compat: Compat;
  readonly tree: YamlMap;
}

/**
 * Reports everything in a file that the format does not allow, in docker's words.
 *
 * @source spec/stack-file.md sections 5.2 to 5.5; schemas/stack-file.schema.json
 */
export function validate(input: ValidateInput, report: Report): void {
  const { tree, file, version } = input;
  checkSince({ tree, file, version }, report);
  if (validateTree(toJson(tree))) return;
  for (const error of validateTree.errors ?? []) {
    const path = pathOf(error.instancePath, tree);
    if (isExcused(error, path, input)) continue;
    const problem = explain(error, path, tree);
    if (problem) report({ severity: 'error', ...problem, place: { file, ...problem.place } });
  }
}

/**
 * Whether a file without `version` is one for `docker stack`: accepted before its variables are filled
 * in, or refused for something that does not make it a file of the Compose Specification.
 *
 * @source D-0084
 */
export function isDockerDocument(raw: YamlMap): boolean {
  if (validateTree(toJson(raw))) return true;
  return (validateTree.errors ?? []).every((error) => {
    if (error.keyword === 'uniqueItems') return false;
    const path = pathOf(error.instancePath, raw);
    if (error.keyword === 'additionalProperties') {
      const key = String(error.params['additionalProperty']);
      return key.startsWith('x-') || isForbiddenAt(path, key);
    }
    const value = valueAt(raw, path);
    // A value with a `$` in it may become anything, so its type is not looked at.
    return typeof value === 'string' && (value.includes('$') || path.at(-1) === 'external');
  });
}

/** Whether docker has words of its own for a key there. */
function isForbiddenAt(path: Path, key: string): boolean {
  return path.length === 2 && path[0] === 'services' && FORBIDDEN_OPTIONS.has(key);
}

/**
 * The tree as JSON has it: floats and dates are numbers and strings.
 *
 * Parts without such values are shared.
 */
function toJson(value: YamlValue): unknown {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'bigint' ? Number(value) : value;
  }
  if (value instanceof YamlFloat) return value.value;
  if (value instanceof YamlTimestamp) return value.text;
  if (Array.isArray(value)) {
    const items = value.map(toJson);
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  return mapToJson(value as YamlMap);
}

function mapToJson(map: YamlMap): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(map)) {
    const json = toJson(map[key] as YamlValue);
    if (json === map[key]) continue;
    copy ??= Object.assign(Object.create(null) as Record<string, unknown>, map);
    copy[key] = json;
  }
  return copy ?? map;
}

/** A JSON pointer as a path; what is an index depends on the tree. */
function pathOf(pointer: string, tree: YamlMap): Path {
  let value: YamlValue | undefined = tree;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(value)) {
        value = value[Number(key)] as YamlValue | undefined;
        return Number(key);
      }
      value = isYamlMap(value) ? value[key] : undefined;
      return key;
    });
}

/** What the schema refuses but is somebody else's business, or docker does not look at. */
function isExcused(error: SchemaError, path: Path, { version, compat }: ValidateInput): boolean {
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    // Already reported as forbidden, with a better text.
    if (isForbiddenAt(path, key)) return true;
    // Parity: a network with an odd name is not looked at.
    if (compat === 'docker' && path.length === 1 && path[0] === 'networks') return true;
  }
  // Before 3.10 it is an extension like any other.
  return path[0] === 'volumes' && path[2] === 'x-cluster-spec' && minorOf(version) < 10;
}

type Finding = Pick<Problem, 'code' | 'message' | 'hint'> & {
  readonly place: { readonly path: Path; readonly part?: 'key' | 'value' };
};

type Explain = (
  error: Violation,
  path: Path,
  subject: string,
  tree: YamlMap,
) => Finding | undefined;

/** One entry per keyword that the schema uses. */
const EXPLAIN: Readonly<Record<string, Explain>> = {
  additionalProperties: explainUnknownKey,
  type: (error, path, subject, tree) => {
    const types = [error.params['type']].flat().map(String);
    return {
      code: 'wrong-type',
      message: `${subject} must be a ${typeNames(types)}`,
      hint: hintForType(types, valueAt(tree, path)),
      place: { path },
    };
  },
  required: (error, path, subject) => {
    const key = String(error.params['missingProperty']);
    return {
      code: 'missing-key',
      message: `${subject} ${key} is required`,
      hint: `add ${key}`,
      place: { path },
    };
  },
  uniqueItems: (error, path, subject) => {
    const pair = [Number(error.params['i']), Number(error.params['j'])].sort((a, b) => a - b);
    return {
      code: 'duplicate-item',
      message: `${subject} array items[${pair.join(',')}] must be unique`,
      hint: 'remove one of the two',
      place: { path: [...path, pair[1] ?? 0] },
    };
  },
  enum: (error, path, subject) => {
    const allowed = (error.params['allowedValues'] as readonly string[])
      .map((one) => JSON.stringify(one))
      .join(', ');
    return {
      code: 'invalid-value',
      message: `${subject} ${subject} must be one of the following: ${allowed}`,
      hint: `write one of ${allowed}`,
      place: { path },
    };
  },
  minimum: explainLimit,
  maximum: explainLimit,
  propertyNames: (_error, path, subject) => ({
    code: 'unknown-key',
    message: `${subject} Additional property  is not allowed`,
    hint: 'give the entry a name',
    place: { path: [...path, ''], part: 'key' },
  }),
};

/** The problem in docker's words, with a hint. */
export function explain(error: Violation, path: Path, tree: YamlMap): Finding | undefined {
  // The reason why a key's own text is wrong is told by `propertyNames`, which comes after it.
  if (error.propertyName !== undefined && error.keyword !== 'propertyNames') return undefined;
  const subject = path.join('.') || '(root)';
  if (error.keyword !== 'format') return EXPLAIN[error.keyword]?.(error, path, subject, tree);
  const format = error.params['format'] === 'ports' ? 'ports' : 'duration';
  const reason = EXPLAIN_FORMAT[format](String(valueAt(tree, path))) ?? '';
  return {
    code: format === 'ports' ? 'invalid-port' : 'invalid-duration',
    message: `${subject} Does not match format '${format}'`,
    hint: `${reason}; ${FORMAT_HINTS[format]}`,
    place: { path },
  };
}

function explainLimit(error: Violation, path: Path, subject: string): Finding {
  if (path.at(-2) === 'ports') {
    return {
      code: 'invalid-port',
      message: `${subject} Does not match format 'ports'`,
      hint: 'ports end at 65535',
      place: { path },
    };
  }
  return {
    code: 'invalid-value',
    message: `${subject} Must be greater than or equal to ${Number(error.params['limit'])}`,
    hint: 'write a larger number',
    place: { path },
  };
}

const FORMAT_HINTS = {
  duration: 'write a number with a unit, such as 90s, 1m30s or 1.5h',
  ports: 'write [[ip:]published:]target[/protocol]',
} as const;

function valueAt(tree: YamlMap, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string | number, unknown>>)[step],
    tree,
  );
}

function explainUnknownKey(error: Violation, path: Path, subject: string): Finding {
  const key = String(error.params['additionalProperty']);
  const isNamePlace = path.length === 1 || (path.length === 3 && path[2] === 'networks');
  const isName = (error.params['isName'] as boolean | undefined) ?? isNamePlace;
  return {
    code: isName ? 'invalid-name' : 'unknown-key',
    message: `${subject} Additional property ${key} is not allowed`,
    hint: isName
      ? 'a name may hold letters, digits, dots, underscores and hyphens'
      : hintForKey(key, path, error.params['known'] as readonly string[] | undefined),
    place: { path: [...path, key], part: 'key' },
  };
}

function hintForKey(
  key: string,
  path: Path,
  keys: readonly string[] | undefined,
): string | undefined {
  if (!keys && isComposeKey(key, path)) {
    return `the Compose Specification knows ${key}: leave "version" and --compat docker out`;
  }
  const known = keys ?? keysAt(path);
  const closest = didYouMean(key, known);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  if (key.startsWith('x-')) return 'extension keys are not allowed here; move it up';
  if (known.length > 12) return 'remove the key, or rename it to x-… to keep it as a note';
  return known.length === 0 ? undefined : `the keys here are ${known.join(', ')}`;
}

/** Whether a key that docker's format does not know is one of the Compose Specification. */
function isComposeKey(key: string, path: Path): boolean {
  const keys = shapeAt(STACK_FILE, path)?.keys ?? {};
  return Object.hasOwn(keys, key);
}

function keysAt(path: Path): readonly string[] {
  const entry = Object.entries(knownKeys).find(([pattern]) => {
    const parts = pattern === '' ? [] : pattern.split('.');
    return parts.length === path.length && parts.every((part, at) => fits(part, path[at]));
  });
  return entry?.[1] ?? [];
}

function fits(part: string, step: string | number | undefined): boolean {
  return typeof step === 'number' ? part === '[]' : part === '*' || part === step;
}

/** How to mend a value of the wrong type; the value itself is not repeated. */
function hintForType(types: readonly string[], value: unknown): string {
  const kind = value === null ? 'null' : typeof value;
  if (kind === 'null') return 'give it a value, or remove the key';
  if (kind !== 'object' && types.includes('boolean')) return 'write true or false, without quotes';
  if (kind === 'string' && types.some((type) => type === 'integer' || type === 'number')) {
    return 'write a plain number, without quotes';
  }
  if (kind !== 'object' && types.includes('string')) return 'put the value in quotes';
  if (kind !== 'object' && types.includes('array'))
    return 'write a list: [ … ], or lines with "- "';
  if (types.includes('object')) return 'write a mapping: lines with "key: value" below it';
  return `write a ${typeNames(types)}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = { object: 'mapping', array: 'list' };

/** `string, number or null`. */
function typeNames(types: readonly string[]): string {
  const names = types.map((type) => TYPE_NAMES[type] ?? type);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
