import { LAZY_FUNCTIONS, type FunctionTable } from './built-ins.ts';
import type { BlockNode, Operand, Pipe, TemplateNode } from './syntax.ts';
import { TemplateError } from './template-error.ts';
import { getMember, isMap, isTruthy, printValue, type TemplateValue } from './value.ts';

/** What execution needs besides the tree. */
export interface Execution {
  readonly template: string;
  /** What messages call the template; empty unless told. */
  readonly name?: string;
  readonly functions: FunctionTable;
  /** Whether a member that the data itself lacks is an error; below that it is `<no value>`. */
  readonly strict: boolean;
  /**
   * Go's name of the type of the member at a path of the data, undefined for maps. Present: every
   * missing member is an error, as with Go's structures and `missingkey=error`.
   */
  readonly typeOf?: (path: readonly string[]) => string | undefined;
}

/** Innermost last; assignment changes the variable where it was declared. */
type Scope = Map<string, TemplateValue>[];

type Signal = 'break' | 'continue' | undefined;

/**
 * Runs a template over data.
 * @throws TemplateError with Go's wording: `template: :1:2: executing "" at <.X>: …`
 * @source Go text/template exec.go (behaviour)
 */
export function executeTemplate(
  nodes: readonly TemplateNode[],
  data: TemplateValue,
  execution: Execution,
): string {
  return new Executor(data, execution).run(nodes);
}

class Executor {
  readonly #data: TemplateValue;
  readonly #execution: Execution;
  readonly #scope: Scope;
  #output = '';

  constructor(data: TemplateValue, execution: Execution) {
    this.#data = data;
    this.#execution = execution;
    this.#scope = [new Map([['$', data]])];
  }

  run(nodes: readonly TemplateNode[]): string {
    this.#walk(nodes, this.#data);
    return this.#output;
  }

  #walk(nodes: readonly TemplateNode[], dot: TemplateValue): Signal {
    for (const node of nodes) {
      const signal = this.#visit(node, dot);
      if (signal) return signal;
    }
    return undefined;
  }

  #visit(node: TemplateNode, dot: TemplateValue): Signal {
    switch (node.kind) {
      case 'text':
        this.#output += node.text;
        return undefined;
      case 'output': {
        const value = this.#evaluatePipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.#output += printValue(value);
        return undefined;
      }
      case 'break':
      case 'continue':
        return node.kind;
      case 'range':
        return this.#inScope(() => this.#range(node, dot));
      case 'if':
      case 'with':
        return this.#inScope(() => this.#branch(node, dot));
    }
  }

  #branch(node: BlockNode, dot: TemplateValue): Signal {
    const value = this.#evaluatePipe(node.pipe, dot);
    if (!isTruthy(value)) return this.#walk(node.otherwise, dot);
    return this.#walk(node.body, node.kind === 'with' ? value : dot);
  }

  #range(node: BlockNode, dot: TemplateValue): Signal {
    const value = this.#evaluatePipe({ ...node.pipe, variables: [] }, dot);
    const items = this.#itemsOf(value, node.pipe);
    if (items.length === 0) return this.#walk(node.otherwise, dot);
    for (const [key, item] of items) {
      const signal = this.#inScope(() => {
        this.#bindRange(node.pipe, key, item);
        return this.#walk(node.body, item);
      });
      if (signal === 'break') break;
    }
    return undefined;
  }

  #bindRange({ variables, assigns }: Pipe, key: TemplateValue, item: TemplateValue): void {
    const [first, second] = variables;
    if (first === undefined) return;
    this.#bind(first, second === undefined ? item : key, assigns);
    if (second !== undefined) this.#bind(second, item, assigns);
  }

  #itemsOf(value: TemplateValue, pipe: Pipe): readonly (readonly [TemplateValue, TemplateValue])[] {
    if (value === undefined || value === null) return [];
    if (typeof value === 'number' && Number.isInteger(value)) {
      return Array.from({ length: Math.min(value, MAX_COUNT) }, (_, index) => [index, index]);
    }
    if (Array.isArray(value)) return value.map((item, index) => [index, item]);
    if (isMap(value)) {
      return Object.keys(value)
        .sort()
        .map((key) => [key, value[key]]);
    }
    throw this.#error(pipe.at + 2, 'range', `range can't iterate over ${printValue(value)}`);
  }

  #inScope(work: () => Signal): Signal {
    this.#scope.push(new Map());
    const signal = work();
    this.#scope.pop();
    return signal;
  }

  #bind(name: string, value: TemplateValue, assigns: boolean): void {
    const home = assigns ? this.#scope.findLast((one) => one.has(name)) : this.#scope.at(-1);
    home?.set(name, value);
  }

  #evaluatePipe(pipe: Pipe, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    for (const [index, command] of pipe.commands.entries()) {
      value = this.#evaluateCommand(command, index === 0 ? [] : [value], { dot, at: pipe.at + 2 });
    }
    const [name] = pipe.variables;
    if (name !== undefined) this.#bind(name, value, pipe.assigns);
    return value;
  }

  #evaluateCommand(
    command: readonly Operand[],
    piped: readonly TemplateValue[],
    where: Where,
  ): TemplateValue {
    const [first, ...others] = command as [Operand, ...Operand[]];
    if (first.kind === 'function' && LAZY_FUNCTIONS.has(first.name)) {
      return this.#evaluateLazy(first.name, others, piped, where);
    }
    const args = (): TemplateValue[] => [
      ...others.map((one) => this.#evaluateOperand(one, where)),
      ...piped,
    ];
    if (first.kind === 'function') {
      const at = { ...where, command: command.map(sourceOf).join(' ') };
      return this.#call(first.name, args(), at);
    }
    if (first.kind === 'constant' && first.value === null) {
      throw this.#error(where.at, 'nil', 'nil is not a command');
    }
    const value = this.#evaluateOperand(first, where, others.length + piped.length > 0);
    if (typeof value === 'function') return value(...args());
    if (others.length + piped.length === 0) return value;
    throw this.#error(
      where.at,
      sourceOf(first),
      `can't give argument to non-function ${sourceOf(first)}`,
    );
  }

  /** `and`, `or`: the first argument that decides, else the last. */
  #evaluateLazy(
    name: string,
    operands: readonly Operand[],
    piped: readonly TemplateValue[],
    where: Where,
  ): TemplateValue {
    const thunks = [
      ...operands.map((one) => () => this.#evaluateOperand(one, where)),
      ...piped.map((value) => () => value),
    ];
    if (thunks.length === 0) {
      const text = `wrong number of args for ${name}: want at least 1 got 0`;
      throw this.#error(where.at, name, text);
    }
    let value: TemplateValue;
    for (const thunk of thunks) {
      value = thunk();
      if (isTruthy(value) === (name === 'or')) return value;
    }
    return value;
  }

  #call(name: string, args: readonly TemplateValue[], where: Where): TemplateValue {
    const work = this.#execution.functions[name];
    if (!work) throw this.#error(where.at, name, `function "${name}" not defined`);
    if (args.length < work.length) {
      const text = `wrong number of args for ${name}: want ${work.length} got ${args.length}`;
      throw this.#error(where.at, name, text);
    }
    try {
      return work(...args);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const text = `error calling ${name}: ${(error as Error).message}`;
      throw this.#error(where.at, where.command ?? name, text);
    }
  }

  /** @param keepMethod - whether a method is the answer itself, to be called with arguments */
  #evaluateOperand(operand: Operand, where: Where, keepMethod = false): TemplateValue {
    switch (operand.kind) {
      case 'constant':
        return operand.value;
      case 'function':
        return this.#call(operand.name, [], where);
      case 'dot':
        return this.#follow(where.dot, operand, keepMethod);
      case 'variable':
        return this.#follow(this.#lookUp(operand.name), operand, keepMethod);
      case 'group':
        return this.#follow(this.#evaluatePipe(operand.pipe, where.dot), operand, keepMethod);
    }
  }

  #lookUp(name: string): TemplateValue {
    return this.#scope.findLast((one) => one.has(name))?.get(name);
  }

  #follow(
    start: TemplateValue,
    operand: { readonly fields: readonly string[]; readonly source: string; readonly at: number },
    keepMethod: boolean,
  ): TemplateValue {
    let value = start;
    for (const [index, field] of operand.fields.entries()) {
      const path = this.#data === start ? operand.fields.slice(0, index) : undefined;
      value = this.#member(value, field, { ...operand, path });
      const isLast = index === operand.fields.length - 1;
      if (typeof value === 'function' && !(isLast && keepMethod)) value = value();
    }
    return value;
  }

  #member(value: TemplateValue, field: string, place: Place): TemplateValue {
    if (value === undefined || value === null) {
      throw this.#error(place.at, place.source, `nil data; no entry for key "${field}"`);
    }
    if (isMap(value) && Object.hasOwn(value, field)) return getMember(value, field);
    if (this.#execution.typeOf)
      throw this.#error(place.at, place.source, this.#missing(value, field, place));
    if (!isMap(value) || (this.#execution.strict && value === this.#data)) {
      const type = typeof value === 'string' ? ' in type string' : '';
      throw this.#error(place.at, place.source, `can't evaluate field ${field}${type}`);
    }
    return undefined;
  }

  #missing(value: TemplateValue, field: string, { path }: Place): string {
    const type = isMap(value) ? path && this.#execution.typeOf?.(path) : 'string';
    return type === undefined
      ? `map has no entry for key "${field}"`
      : `can't evaluate field ${field} in type ${type}`;
  }

  #error(at: number, source: string, text: string): TemplateError {
    const before = this.#execution.template.slice(0, at).split('\n');
    const column = before.at(-1)?.length ?? 0;
    const name = this.#execution.name ?? '';
    return new TemplateError(
      `template: ${name}:${before.length}:${column}: executing "${name}" at <${source}>: ${text}`,
    );
  }
}

/** Longest `{{range NUMBER}}`: a template is no program. */
const MAX_COUNT = 100_000;

/** Where a member is asked for: `path` leads from the data to what is asked, undefined elsewhere. */
interface Place {
  readonly at: number;
  readonly source: string;
  readonly path: readonly string[] | undefined;
}

interface Where {
  readonly dot: TemplateValue;
  readonly at: number;
  /** The command as written, for the errors of the function it calls. */
  readonly command?: string;
}

function sourceOf(operand: Operand): string {
  return 'source' in operand
    ? operand.source
    : 'value' in operand
      ? JSON.stringify(operand.value)
      : operand.name;
}
