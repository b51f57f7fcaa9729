/** Reads one variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What a template gave: its text, or docker's words for what is wrong with it. */
export type Substituted =
  | { readonly kind: 'text'; readonly text: string; readonly unset: readonly string[] }
  | {
      readonly kind: 'error';
      readonly code: 'variable-invalid' | 'variable-required';
      /** What docker quotes: the whole template, or the missing variable. */
      readonly quoted: string;
    };

const NAME = /[_a-z][_a-z0-9]*/iuy;

/** What follows a name in braces: `:-`, `-`, `:?`, `?`, `:+`, `+`. */
const OPERATOR = /:?[-?+]/y;

interface Variable {
  readonly name: string;
  readonly operator: string;
  readonly text: string;
  /** Behind the closing brace. */
  readonly end: number;
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
function parseVariable(text: string, at: number): Variable | undefined {
  if (text[at + 1] !== '{') {
    const name = matchAt(NAME, text, at + 1);
    return name === undefined
      ? undefined
      : { name, operator: '', text: '', end: at + 1 + name.length };
  }
  const name = matchAt(NAME, text, at + 2);
  if (name === undefined) return undefined;
  const behind = at + 2 + name.length;
  const operator = matchAt(OPERATOR, text, behind) ?? '';
  const from = behind + operator.length;
  const close = operator === '' ? from : closingBrace(text, from);
  if (close < 0 || text[close] !== '}') return undefined;
  return { name, operator, text: text.slice(from, close), end: close + 1 };
}

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?error}`, `${NAME:+other}` and their
 * forms without the colon; `$$` is a dollar.
 *
 * Deviates from docker only where docker is plainly wrong (D-0071): operators belong to braces and
 * stand right behind the name, no error is forgotten, and variables in a default are replaced.
 * @source spec/stack-file.md section 6.2
 */
export function substitute(template: string, lookup: Lookup): Substituted {
  const unset: string[] = [];
  try {
    return { kind: 'text', text: replaceAll(template, { lookup, unset, template }), unset };
  } catch (error) {
    if (error instanceof TemplateError) return error.result;
    throw error;
  }
}

interface Scope {
  readonly lookup: Lookup;
  readonly unset: string[];
  readonly template: string;
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
      const variable = parseVariable(text, at);
      if (!variable) fail('variable-invalid', scope.template);
      result += valueOf(variable, scope);
      from = variable.end;
    }
  }
  return result + text.slice(from);
}

/** Variables in a default are replaced; any other `$` in it stands for itself, as in docker. */
function replaceNested(text: string, scope: Scope): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    const isEscaped = text[at + 1] === '$';
    const variable = isEscaped ? undefined : parseVariable(text, at);
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
