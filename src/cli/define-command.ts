import type { ExitCode } from '../base/errors.ts';
import type { Context } from './context.ts';
import type { Completion, OptionTable, OptionValues } from './option.ts';

/** One positional argument. `one` and `optional` give a string, the others a list. */
export interface Argument {
  /** Name in help, upper case. */
  readonly placeholder: string;
  readonly count: 'one' | 'optional' | 'some' | 'any';
  readonly complete?: Completion;
}

/** Arguments by property name, in order; only the last may be a list. */
export type ArgumentTable = Readonly<Record<string, Argument>>;

type ArgumentValue<A extends Argument> = A['count'] extends 'one'
  ? string
  : A['count'] extends 'optional'
    ? string | undefined
    : readonly string[];

type ArgumentValues<T extends ArgumentTable> = {
  readonly [K in keyof T]: ArgumentValue<T[K]>;
};

export interface Example {
  readonly command: string;
  readonly text: string;
}

interface CommandFacts {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for lists; imperative, no full stop. */
  readonly summary: string;
  /** Paragraphs of the command's own help, after the summary. */
  readonly description?: string;
  readonly examples?: readonly Example[];
  readonly hidden?: boolean;
}

interface TypedCommand<A extends ArgumentTable, O extends OptionTable> extends CommandFacts {
  readonly arguments: A;
  readonly options: O;
  /** Arguments and options come as one object; results go to `context.stdout`. */
  readonly run: (
    options: ArgumentValues<A> & OptionValues<O>,
    context: Context,
  ) => ExitCode | Promise<ExitCode>;
}

/** Values of any command, keyed by property name. */
export type AnyValues = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** A command as the registry holds it: help, completion and parsing all read this value. */
export interface Command extends CommandFacts {
  readonly kind: 'command';
  readonly arguments: ArgumentTable;
  readonly options: OptionTable;
  readonly run: (options: AnyValues, context: Context) => ExitCode | Promise<ExitCode>;
}

/** A word that only leads to other commands: `tstack cluster …`. */
export interface CommandGroup {
  readonly kind: 'group';
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly hidden?: boolean;
  readonly commands: readonly (Command | CommandGroup)[];
}

export type CommandNode = Command | CommandGroup;

/**
 * Makes a command value; the types of arguments and options flow into `run`.
 *
 * Keep its file light: areas and libraries are imported inside `run`, so that help, completion and
 * every other command do not pay for them.
 */
export function defineCommand<const A extends ArgumentTable, const O extends OptionTable>(
  command: TypedCommand<A, O>,
): Command {
  return { kind: 'command', ...command, run: command.run as Command['run'] };
}

/** Makes a group of commands. */
export function defineGroup(group: Omit<CommandGroup, 'kind'>): CommandGroup {
  return { kind: 'group', ...group };
}
