import type { Lookup, Substituted } from './template.ts';

const EXPRESSION = '[_a-z][_a-z0-9]*(?::?[-?][^}]*)?';
const VARIABLE = new RegExp(
  `\\$(?:(?<escaped>\\$)|(?<named>${EXPRESSION})|\\{(?<braced>${EXPRESSION})\\}|)`,
  'giu',
);

type Applied = { readonly text: string } | { readonly error: string };

/** In the order in which docker looks for them, anywhere in the expression. */
const OPERATORS = [':-', '-', ':?', '?'] as const;

/**
 * Replaces variables exactly as docker does, with its defects; for `compat: 'docker'`.
 *
 * Parity: defaults swallow text without braces, operators are searched in a fixed order, and an
 * error is forgotten when a later variable in the same string is fine.
 * @source spec/stack-file.md section 6.2; docker/cli cli/compose/template/template.go
 */
export function substituteAsDocker(template: string, lookup: Lookup): Substituted {
  let failure: Substituted | undefined;
  const text = template.replaceAll(VARIABLE, (...match) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['escaped'] !== undefined) return '$';
    const expression = groups['named'] ?? groups['braced'];
    if (expression === undefined) {
      failure = { kind: 'error', code: 'variable-invalid', quoted: template };
      return '';
    }
    const applied = apply(expression, lookup);
    if ('error' in applied) {
      failure = { kind: 'error', code: 'variable-required', quoted: applied.error };
      return '';
    }
    failure = undefined;
    return applied.text;
  });
  return failure ?? { kind: 'text', text, unset: [], odd: [] };
}

function apply(expression: string, lookup: Lookup): Applied {
  const operator = OPERATORS.find((one) => expression.includes(one));
  if (operator === undefined) return { text: lookup(expression) ?? '' };
  const at = expression.indexOf(operator);
  const name = expression.slice(0, at);
  const text = expression.slice(at + operator.length);
  const value = lookup(name);
  const isMissing = value === undefined || (operator.startsWith(':') && value === '');
  if (!isMissing) return { text: value };
  if (operator.endsWith('-')) return { text };
  return { error: `required variable ${name} is missing a value: ${text}` };
}
