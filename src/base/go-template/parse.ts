import type { BlockNode, Operand, Pipe, TemplateNode } from './syntax.ts';
import { TemplateError } from './template-error.ts';
import {
  linePrefix,
  tokeniseTemplate,
  type NamedTemplate,
  type Piece,
  type Token,
} from './token.ts';

/**
 * Parses a template.
 * @param functions - names that may be called
 * @param name - what messages call the template; docker's command says nothing
 * @throws TemplateError with Go's wording: `template: :1: function "x" not defined`
 * @source Go text/template/parse parse.go (syntax only); no define, template, block
 */
export function parseTemplate(
  template: string,
  functions: ReadonlySet<string>,
  name = '',
): readonly TemplateNode[] {
  return new Parser({ template, name }, functions).parse();
}

const BLOCK_WORDS = new Set(['if', 'range', 'with']);

type Ending = 'end' | 'else' | 'eof';

type Declaration = Pick<Pipe, 'variables' | 'assigns'>;

class Parser {
  readonly #named: NamedTemplate;
  readonly #functions: ReadonlySet<string>;
  readonly #pieces: readonly Piece[];
  #piece = 0;
  /** Words of the action being read. */
  #tokens: readonly Token[] = [];
  #token = 0;
  #variables: string[] = ['$'];
  #loops = 0;

  constructor(named: NamedTemplate, functions: ReadonlySet<string>) {
    this.#named = named;
    this.#functions = functions;
    this.#pieces = tokeniseTemplate(named.template, named.name);
  }

  parse(): readonly TemplateNode[] {
    const { nodes, ending } = this.#parseList();
    if (ending !== 'eof') throw this.#error(`unexpected {{${ending}}}`);
    return nodes;
  }

  #parseList(): { nodes: TemplateNode[]; ending: Ending } {
    const nodes: TemplateNode[] = [];
    for (; this.#piece < this.#pieces.length;) {
      const piece = this.#pieces[this.#piece] as Piece;
      this.#piece += 1;
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      this.#tokens = piece.tokens;
      this.#token = 0;
      const word = this.#peek()?.kind === 'word' ? this.#peek()?.text : undefined;
      if (word === 'end' || word === 'else') {
        this.#token += 1;
        return { nodes, ending: word };
      }
      nodes.push(this.#parseAction(word, piece.at));
    }
    return { nodes, ending: 'eof' };
  }

  #parseAction(word: string | undefined, at: number): TemplateNode {
    if (word !== undefined && BLOCK_WORDS.has(word)) {
      this.#token += 1;
      return this.#parseBlock(word as BlockNode['kind'], at);
    }
    if (word === 'break' || word === 'continue') {
      if (this.#loops === 0) throw this.#error(`{{${word}}} outside {{range}}`);
      this.#token += 1;
      this.#expectEnd(word);
      return { kind: word };
    }
    return { kind: 'output', pipe: this.#parsePipe('command', at) };
  }

  /** Variables declared by the block's pipe live until its end. */
  #parseBlock(kind: BlockNode['kind'], at: number): BlockNode {
    const outer = this.#variables;
    this.#variables = [...outer];
    const pipe = this.#parsePipe(kind, at);
    if (kind === 'range') this.#loops += 1;
    const body = this.#parseList();
    if (kind === 'range') this.#loops -= 1;
    const otherwise = body.ending === 'else' ? this.#parseElse(kind, at) : [];
    if (body.ending === 'eof') throw this.#error('unexpected EOF');
    this.#variables = outer;
    return { kind, pipe, body: body.nodes, otherwise };
  }

  /** `{{else}} … {{end}}`, or `{{else if}}` which shares the outer `{{end}}`. */
  #parseElse(kind: BlockNode['kind'], at: number): readonly TemplateNode[] {
    const next = this.#peek()?.text;
    if (kind !== 'range' && (next === 'if' || next === 'with') && next === kind) {
      this.#token += 1;
      return [this.#parseBlock(kind, at)];
    }
    this.#expectEnd('else');
    const { nodes, ending } = this.#parseList();
    if (ending === 'eof') throw this.#error('unexpected EOF');
    if (ending === 'else') throw this.#error('expected end; found {{else}}');
    return nodes;
  }

  /** Reads to the end of the action. */
  #parsePipe(context: string, at: number): Pipe {
    const pipe = this.#parsePipeUntil(context, at);
    this.#expectEnd(context);
    return pipe;
  }

  #parsePipeUntil(context: string, at: number): Pipe {
    const { variables, assigns } = this.#parseDeclaration(context);
    const commands = [this.#parseCommand(context)];
    while (this.#isMark('|')) {
      this.#token += 1;
      commands.push(this.#parseCommand(context));
    }
    for (const [index, command] of commands.entries()) {
      if (index > 0 && command[0]?.kind === 'constant') {
        throw this.#error(`non executable command in pipeline stage ${index + 1}`);
      }
    }
    if (!assigns) this.#variables.push(...variables);
    return { variables, assigns, commands, at };
  }

  #parseDeclaration(context: string): Declaration {
    const [first, mark, second, last] = this.#tokens.slice(this.#token, this.#token + 4);
    if (first?.kind !== 'variable') return NO_DECLARATION;
    if (mark && isDeclaring(mark)) return this.#takeDeclaration([first], mark);
    const isPair = mark?.text === ',' && second?.kind === 'variable';
    if (!isPair || !last || !isDeclaring(last)) return NO_DECLARATION;
    if (context !== 'range') throw this.#error(`too many declarations in ${context}`);
    return this.#takeDeclaration([first, second], last);
  }

  /** Names, the commas between them, and the mark. */
  #takeDeclaration(names: readonly Token[], mark: Token): Declaration {
    this.#token += names.length * 2;
    const assigns = mark.text === '=';
    const variables = names.map((one) => one.text);
    if (assigns) for (const name of variables) this.#checkVariable(name);
    return { variables, assigns };
  }

  #parseCommand(context: string): readonly Operand[] {
    const operands: Operand[] = [];
    for (let token = this.#peek(); token; token = this.#peek()) {
      if (token.text === '|' || token.text === ')') break;
      operands.push(this.#parseOperand(token));
      this.#expectBlank();
    }
    if (operands.length === 0) throw this.#error(`missing value for ${context}`);
    return operands;
  }

  /** Operands stand apart; an unreadable rest is told as what it is. */
  #expectBlank(): void {
    const next = this.#peek();
    if (!next || next.spaced || next.kind === 'mark') return;
    throw this.#error(`unexpected "${next.text}" in operand`);
  }

  #parseOperand(token: Token): Operand {
    this.#token += 1;
    switch (token.kind) {
      case 'number':
        return { kind: 'constant', value: this.#toNumber(token.text) };
      case 'string':
        return { kind: 'constant', value: this.#unquote(token.text) };
      case 'char':
        return { kind: 'constant', value: this.#unquote(token.text).codePointAt(0) ?? 0 };
      case 'word':
        return this.#parseWord(token.text);
      case 'dot':
        return { kind: 'dot', fields: [], source: '.', at: token.at };
      case 'field': {
        const at = this.#chainStart(token);
        const fields = [token.text.slice(1), ...this.#parseFields()];
        return { kind: 'dot', fields, source: `.${fields.join('.')}`, at };
      }
      case 'variable': {
        this.#checkVariable(token.text);
        const at = this.#chainStart(token);
        const fields = this.#parseFields();
        const source = [token.text, ...fields].join('.');
        return { kind: 'variable', name: token.text, fields, source, at };
      }
      case 'mark':
        return this.#parseGroup(token);
      case 'error':
        throw this.#error(token.text);
    }
  }

  #parseGroup(token: Token): Operand {
    if (token.text !== '(') throw this.#error(`unexpected "${token.text}" in operand`);
    const pipe = this.#parsePipeUntil('parenthesized pipeline', token.at);
    if (!this.#isMark(')')) throw this.#error('unclosed left paren');
    this.#token += 1;
    const end = this.#tokens[this.#token - 1];
    const source = this.#named.template.slice(token.at, (end?.at ?? token.at) + 1);
    return { kind: 'group', pipe, fields: this.#parseFields(), source, at: token.at };
  }

  /** Parity: Go tells the place of a chain of fields as that of its second link. */
  #chainStart(token: Token): number {
    const next = this.#peek();
    return next?.kind === 'field' && !next.spaced ? next.at : token.at;
  }

  #parseFields(): string[] {
    const fields: string[] = [];
    for (let token = this.#peek(); token?.kind === 'field' && !token.spaced; token = this.#peek()) {
      fields.push(token.text.slice(1));
      this.#token += 1;
    }
    return fields;
  }

  #parseWord(word: string): Operand {
    if (word === 'true' || word === 'false') return { kind: 'constant', value: word === 'true' };
    if (word === 'nil') return { kind: 'constant', value: null };
    if (!this.#functions.has(word)) throw this.#error(`function "${word}" not defined`);
    return { kind: 'function', name: word };
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#error(`undefined variable "${name}"`);
  }

  #toNumber(text: string): number {
    const number = Number(text.replaceAll('_', '').replace(/^\+/, ''));
    const value = Number.isNaN(number) ? Number(text.slice(1)) * -1 : number;
    if (Number.isNaN(value)) throw this.#error(`bad number syntax: "${text}"`);
    return value;
  }

  #unquote(text: string): string {
    const inner = text.slice(1, -1);
    if (text.startsWith('`')) return inner;
    return inner.replace(
      /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g,
      (_match, simple?: string, ...codes: (string | undefined)[]) => {
        if (simple !== undefined) return ESCAPES[simple] ?? simple;
        const code = codes[0] ?? codes[1] ?? codes[2];
        if (code === undefined) throw this.#error(`invalid syntax in ${text}`);
        return String.fromCodePoint(Number.parseInt(code, 16));
      },
    );
  }

  #peek(): Token | undefined {
    const token = this.#tokens[this.#token];
    if (token?.kind === 'error') throw this.#error(token.text);
    return token;
  }

  #isMark(text: string): boolean {
    return this.#peek()?.kind === 'mark' && this.#peek()?.text === text;
  }

  #expectEnd(context: string): void {
    const token = this.#peek();
    if (token) throw this.#error(`unexpected "${token.text}" in ${context}`);
  }

  #error(text: string): TemplateError {
    const token = this.#tokens[Math.min(this.#token, this.#tokens.length - 1)];
    const at = token?.at ?? this.#named.template.length;
    return new TemplateError(linePrefix(this.#named, at) + text);
  }
}

const NO_DECLARATION: Declaration = { variables: [], assigns: false };

function isDeclaring(token: Token): boolean {
  return token.text === ':=' || token.text === '=';
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
