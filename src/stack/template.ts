import type { Format } from './format.ts';

/** Reads one variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What a template gave: its text, or docker's words for what is wrong with it. */
export type Substituted =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Names without a value, where an empty string now stands. */
      readonly unset: readonly string[];
      /** Expressions that docker reads otherwise than their writer will have meant. */
      readonly odd: readonly string[];
    }
  | {
      readonly kind: 'error';
      readonly code: 'variable-invalid' | 'variable-required';
      /** What docker quotes: the whole template, or the missing variable. */
      readonly quoted: string;
    };

/** Docker's `(?i)[_a-z][_a-z0-9]*`: with the two letters that fold to s and k. Flag `i` with `u` costs a millisecond. */
const NAME = /[_A-Za-z\u017f\u212a][_A-Za-z0-9\u017f\u212a]*/y;

/** What follows a name in braces: `:-`, `-`, `:?`, `?`, `:+`, `+`. */
const OPERATOR = /:?[-?+]/y;
const OPERATOR_WITHOUT_BRACES = /:?[-?]/y;

interface Variable {
  readonly name: string;
  readonly operator: string;
  readonly text: string;
  /** Behind the closing brace. */
  readonly end: number;
  /** Whether the reading is docker's rather than the obvious one. */
  readonly isOdd?: boolean;
}

class TemplateError extends Error {
  readonly result: Substituted;
  constructor(result: Substituted) {
    super('template');
    this.result = result;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The brace that closes a variable; nested variables have their own. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      open += 1;
      at += 1;
    } else if (text[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return -1;
}

/** The variable that a `$` at `at` begins; undefined when it begins none. */
function parseVariable(text: string, at: number, format: Format): Variable | undefined {
  if (text[at + 1] !== '{') return parseWithoutBraces(text, at + 1, format);
  const name = matchAt(NAME, text, at + 2);
  if (name === undefined) return undefined;
  const behind = at + 2 + name.length;
  const operator = matchAt(OPERATOR, text, behind) ?? '';
  const from = behind + operator.length;
  const close = operator === '' ? from : closingBrace(text, from);
  if (close < 0 || text[close] !== '}') return undefined;
  const variable = { name, operator, text: text.slice(from, close), end: close + 1 };
  return format === 'docker' ? splitLate(variable) : variable;
}

/** Parity: `-` or `?` right behind a name without braces begins a text that runs to `}` or the end. */
function parseWithoutBraces(text: string, at: number, format: Format): Variable | undefined {
  const name = matchAt(NAME, text, at);
  if (name === undefined) return undefined;
  const behind = at + name.length;
  const isOpen = format === 'docker';
  const operator = isOpen ? matchAt(OPERATOR_WITHOUT_BRACES, text, behind) : undefined;
  if (operator === undefined) return { name, operator: '', text: '', end: behind };
  const from = behind + operator.length;
  const close = text.indexOf('}', from);
  const end = close < 0 ? text.length : close;
  return { ...splitLate({ name, operator, text: text.slice(from, end), end }), isOdd: true };
}

/** Parity: `${A-x:-y}` is the variable `A-x` with the default `y`. */
function splitLate(variable: Variable): Variable {
  const at = variable.operator === '-' ? variable.text.indexOf(':-') : -1;
  if (at < 0) return variable;
  const name = `${variable.name}-${variable.text.slice(0, at)}`;
  return { ...variable, name, operator: ':-', text: variable.text.slice(at + 2), isOdd: true };
}

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?error}`, `${NAME:+other}` and their
 * forms without the colon; `$$` is a dollar.
 *
 * Same result as docker wherever docker gives one; but (D-0071) no error is forgotten, an error text
 * may hold a dash, and variables in a default are replaced. What docker reads oddly is told.
 * @source spec/stack-file.md section 6.2
 */
export function substitute(
  template: string,
  lookup: Lookup,
  format: Format = 'docker',
): Substituted {
  const unset: string[] = [];
  const odd: string[] = [];
  try {
    const text = replaceAll(template, { lookup, unset, odd, template, format, depth: 0 });
    return { kind: 'text', text, unset, odd };
  } catch (error) {
    if (error instanceof TemplateError) return error.result;
    throw error;
  }
}

/** As `substitute`, with docker compose's format. */
export function expand(template: string, lookup: Lookup): Substituted {
  return substitute(template, lookup, 'compose');
}

/** Defaults within defaults end here. */
const MAX_DEPTH = 100;

interface Scope {
  readonly lookup: Lookup;
  readonly unset: string[];
  readonly odd: string[];
  readonly template: string;
  readonly format: Format;
  /** Of defaults within defaults. */
  readonly depth: number;
}

function replaceAll(text: string, scope: Scope): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    result += text.slice(from, at);
    if (text[at + 1] === '$') {
      result += '$';
      from = at + 2;
    } else {
      const variable = parseVariable(text, at, scope.format);
      if (!variable) fail('variable-invalid', scope.template);
      if (variable.isOdd === true) scope.odd.push(text.slice(at, variable.end));
      result += valueOf(variable, scope);
      from = variable.end;
    }
  }
  return result + text.slice(from);
}

/** Variables in a default are replaced; any other `$` in it stands for itself, as in docker. */
function replaceNested(text: string, outer: Scope): string {
  if (!text.includes('$')) return text;
  const scope = { ...outer, depth: outer.depth + 1 };
  if (scope.depth > MAX_DEPTH) fail('variable-invalid', scope.template);
  let result = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    const isEscaped = text[at + 1] === '$';
    const variable = isEscaped ? undefined : parseVariable(text, at, scope.format);
    const end = variable?.end ?? at + (isEscaped ? 2 : 1);
    result += text.slice(from, at) + (variable ? valueOf(variable, scope) : text.slice(at, end));
    from = end;
  }
  return result + text.slice(from);
}

function valueOf({ name, operator, text }: Variable, scope: Scope): string {
  const value = scope.lookup(name);
  const isMissing = value === undefined || (operator.startsWith(':') && value === '');
  const kind = operator.slice(-1);
  if (kind === '+') return isMissing ? '' : replaceNested(text, scope);
  if (!isMissing) return value;
  if (kind === '-') return replaceNested(text, scope);
  if (kind === '?') {
    fail('variable-required', `required variable ${name} is missing a value: ${text}`);
  }
  scope.unset.push(name);
  return '';
}

function fail(code: 'variable-invalid' | 'variable-required', quoted: string): never {
  throw new TemplateError({ kind: 'error', code, quoted });
}

/** One variable as a template names it. */
export interface VariableUse {
  readonly name: string;
  /** Empty, or `:-`, `-`, `:?`, `?`, `:+`, `+`. */
  readonly operator: string;
  /** What stands behind the operator. */
  readonly text: string;
}

/** The variables a text names, those in defaults too; none when it is malformed. */
export function variablesIn(template: string, format: Format, depth = 0): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  let from = 0;
  for (let at = template.indexOf('$'); at >= 0; at = template.indexOf('$', from)) {
    const isEscaped = template[at + 1] === '$';
    const variable = isEscaped ? undefined : parseVariable(template, at, format);
    from = variable?.end ?? at + (isEscaped ? 2 : 1);
    if (!variable) continue;
    const { name, operator, text } = variable;
    uses.push({ name, operator, text });
    if (depth < MAX_DEPTH) uses.push(...variablesIn(text, format, depth + 1));
  }
  return uses;
}
