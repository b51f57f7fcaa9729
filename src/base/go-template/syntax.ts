/** What a template means, as a tree. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipe: Pipe }
  | BlockNode
  | { readonly kind: 'break' | 'continue' };

export interface BlockNode {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipe: Pipe;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

/** `$x := a | b c`; the value of one command is the last argument of the next. */
export interface Pipe {
  /** Names with their `$`; two only in `range`. */
  readonly variables: readonly string[];
  /** `=` gives an existing variable a new value. */
  readonly assigns: boolean;
  readonly commands: readonly (readonly Operand[])[];
  /** Offset in the template, for errors. */
  readonly at: number;
}

/** Fields follow from left to right: `(index .A 0).B.C` has `['B', 'C']`. */
export type Operand =
  | {
      readonly kind: 'dot';
      readonly fields: readonly string[];
      readonly source: string;
      readonly at: number;
    }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly fields: readonly string[];
      readonly source: string;
      readonly at: number;
    }
  | {
      readonly kind: 'group';
      readonly pipe: Pipe;
      readonly fields: readonly string[];
      readonly source: string;
      readonly at: number;
    }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'function'; readonly name: string };
