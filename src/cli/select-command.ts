import { didYouMean } from '../base/did-you-mean.ts';
import { UsageError } from '../base/errors.ts';
import type { Command, CommandGroup, CommandNode } from './define-command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { flagLength, indexFlags } from './normalise-argv.ts';

/** Which command an argv names. */
export interface Selection {
  /** The path of words: `['cluster', 'start']`; empty for none. */
  readonly path: readonly string[];
  /** Absent when argv stops at the top or at a group. */
  readonly command?: Command | undefined;
  readonly group: CommandGroup;
  /** Everything else, flags before the command included. */
  readonly rest: readonly string[];
}

const GLOBAL_FLAGS = indexFlags([GLOBAL_OPTIONS]);

/**
 * Finds the command, going through groups and past global flags.
 * @throws UsageError for a word that names nothing, with the nearest name as hint
 */
export function selectCommand(argv: readonly string[], root: CommandGroup): Selection {
  let group = root;
  const path: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < argv.length;) {
    const token = argv[at] ?? '';
    if (token.startsWith('-') && token !== '-') {
      const length = token === '--' ? 0 : flagLength(argv, at, GLOBAL_FLAGS);
      if (length === 0) throw unknownFlagBeforeCommand(token);
      rest.push(...argv.slice(at, at + length));
      at += length;
      continue;
    }
    const node = findChild(group, token);
    if (!node) throw unknownCommand(token, group, path);
    path.push(node.name);
    at += 1;
    if (node.kind === 'command') {
      return { path, command: node, group, rest: [...rest, ...argv.slice(at)] };
    }
    group = node;
  }
  return { path, group, rest };
}

/** The command or group of that name or alias. */
export function findChild(group: CommandGroup, word: string): CommandNode | undefined {
  return group.commands.find((one) => one.name === word || one.aliases?.includes(word) === true);
}

function unknownFlagBeforeCommand(token: string): UsageError {
  return new UsageError(`unknown flag: ${token}`, 'Flags of a command come after its name.');
}

function unknownCommand(word: string, group: CommandGroup, path: readonly string[]): UsageError {
  const names = group.commands
    .filter((one) => one.hidden !== true)
    .flatMap((one) => [one.name, ...(one.aliases ?? [])]);
  const near = didYouMean(word, names) ?? names.find((name) => name.startsWith(word));
  const where = ['tstack', ...path].join(' ');
  return new UsageError(
    `unknown command: ${where} ${word}`,
    near === undefined
      ? `Run '${where} --help' for the list of commands.`
      : `Did you mean '${where} ${near}'?`,
  );
}
