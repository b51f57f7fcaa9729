import { TemplateError } from './template-error.ts';

/** One word inside `{{ }}`. */
export interface Token {
  readonly kind:
    | 'field' // .Name
    | 'variable' // $ or $name
    | 'word' // function, keyword, true, false, nil
    | 'number'
    | 'string'
    | 'char'
    | 'dot'
    | 'mark' // | ( ) := = ,
    | 'error'; // what is wrong, as text; always the last
  readonly text: string;
  /** Whether a blank stands before it: `.A.B` is one operand, `.A .B` are two. */
  readonly spaced: boolean;
  /** Offset in the template. */
  readonly at: number;
}

/** A template in order: text, and the words of each action. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number };

const TOKEN_KINDS: readonly (readonly [Token['kind'], RegExp])[] = [
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.?\d+(?:[eE][+-]?\d+)?)/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\.)+'/y],
  ['dot', /\./y],
  ['mark', /:=|[|()=,]/y],
];

/**
 * Splits a template into text and actions, applying the trim marks `{{-` and `-}}`.
 *
 * What is no word ends the last action with an error token: the parser may find something wrong
 * before it.
 * @param name - of the template, for messages
 * @throws TemplateError for comments that do not end
 * @source Go text/template/parse lex.go (syntax only)
 */
export function tokeniseTemplate(template: string, name: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    const raw = template.slice(at, open < 0 ? undefined : open);
    const trimsLeft = open >= 0 && /^\{\{-\s/.test(template.slice(open, open + 4));
    const text = trim(raw, trimNext, trimsLeft);
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open < 0) break;
    const action = readAction({ template, name }, open + (trimsLeft ? 3 : 2));
    if (action.tokens) pieces.push({ kind: 'action', tokens: action.tokens, at: open });
    trimNext = action.trimsRight;
    at = action.end;
  }
  return pieces;
}

/** A template and what messages call it. */
export interface NamedTemplate {
  readonly template: string;
  readonly name: string;
}

/** `template: NAME:LINE: ` for an offset. */
export function linePrefix({ template, name }: NamedTemplate, at: number): string {
  return `template: ${name}:${template.slice(0, at).split('\n').length}: `;
}

function trim(text: string, start: boolean, end: boolean): string {
  const left = start ? text.trimStart() : text;
  return end ? left.trimEnd() : left;
}

interface Action {
  /** Absent for a comment. */
  readonly tokens?: readonly Token[];
  readonly end: number;
  readonly trimsRight: boolean;
}

const ACTION_END = /\s-\}\}|\s*\}\}/y;

function readAction(named: NamedTemplate, start: number): Action {
  const { template } = named;
  const comment = readComment(named, start);
  if (comment) return comment;
  const tokens: Token[] = [];
  let at = start;
  for (;;) {
    ACTION_END.lastIndex = at;
    const end = ACTION_END.exec(template);
    if (end) {
      return { tokens, end: ACTION_END.lastIndex, trimsRight: end[0].includes('-') };
    }
    const blank = /\s*/y;
    blank.lastIndex = at;
    const spaces = blank.exec(template)?.[0].length ?? 0;
    // Only the last blank may belong to a trim mark.
    if (spaces > 0 && template.startsWith('-}}', at + spaces)) {
      at += spaces - 1;
      continue;
    }
    at += spaces;
    const token = readToken(template, at, spaces > 0);
    tokens.push(token);
    if (token.kind === 'error') return { tokens, end: template.length, trimsRight: false };
    at += token.text.length;
  }
}

function readComment(named: NamedTemplate, start: number): Action | undefined {
  const { template } = named;
  const open = /\s*\/\*/y;
  open.lastIndex = start;
  if (!open.test(template)) return undefined;
  const close = template.indexOf('*/', open.lastIndex);
  if (close < 0) throw new TemplateError(`${linePrefix(named, start)}unclosed comment`);
  const end = /(\s-)?\}\}/y;
  end.lastIndex = close + 2;
  const found = end.exec(template);
  if (!found) {
    throw new TemplateError(`${linePrefix(named, start)}comment ends before closing delimiter`);
  }
  return { end: end.lastIndex, trimsRight: found[1] !== undefined };
}

function readToken(template: string, at: number, spaced: boolean): Token {
  const wrong = (text: string): Token => ({ kind: 'error', text, spaced, at });
  if (at >= template.length) return wrong('unclosed action');
  for (const [kind, pattern] of TOKEN_KINDS) {
    pattern.lastIndex = at;
    const found = pattern.exec(template);
    if (found) return { kind, text: found[0], spaced, at };
  }
  const character = String.fromCodePoint(template.codePointAt(at) ?? 0);
  if (character === '"') return wrong('unterminated quoted string');
  if (character === '`') return wrong('unterminated raw quoted string');
  if (character === "'") return wrong('unterminated character constant');
  return wrong(`unexpected ${JSON.stringify(character)} in operand`);
}
