import { findChild } from '../select-command.ts';
import type { Argument, Command, CommandGroup } from '../define-command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';
import { isVisible } from '../help/render-help.ts';
import { bareValue, indexFlags, type FlagIndex } from '../normalise-argv.ts';
import { flagName, type Completion, type Option, type OptionTable } from '../option.ts';

/** One thing the shell may offer. */
export interface Candidate {
  readonly word: string;
  readonly text?: string | undefined;
}

/** What to offer for the last word: fixed candidates, or something that must be looked up. */
export type Offer =
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  | { readonly kind: Exclude<Completion, 'none'> };

const NOTHING: Offer = { kind: 'candidates', candidates: [] };

/**
 * Decides what may follow, from the command values alone. Pure.
 * @param words - all words after `tstack`; the last one, maybe empty, is being typed
 */
export function completeWords(words: readonly string[], root: CommandGroup): Offer {
  const typed = words.at(-1) ?? '';
  const walk = walkWords(words.slice(0, -1), root);
  if (walk.pending) return offerForValue(walk.pending, typed);
  const value = /^--([^=]+)=(.*)$/.exec(typed);
  if (value && !walk.ended) {
    const option = walk.flags.byLong.get(value[1] ?? '')?.option;
    return option ? withPrefix(offerForValue(option, value[2] ?? ''), `--${value[1]}=`) : NOTHING;
  }
  if (typed.startsWith('-') && !walk.ended) return offerFlags(walk.tables, typed);
  if (walk.command) return offerArgument(walk.command, walk.count);
  return offerCommands(walk.group, typed);
}

interface Walk {
  readonly group: CommandGroup;
  readonly command: Command | undefined;
  readonly tables: readonly OptionTable[];
  readonly flags: FlagIndex;
  /** Positional words after the command. */
  readonly count: number;
  /** The flag whose value comes next. */
  readonly pending: Option | undefined;
  /** Whether `--` was seen. */
  readonly ended: boolean;
}

function walkWords(words: readonly string[], root: CommandGroup): Walk {
  let walk: Walk = {
    group: root,
    command: undefined,
    tables: [GLOBAL_OPTIONS],
    flags: indexFlags([GLOBAL_OPTIONS]),
    count: 0,
    pending: undefined,
    ended: false,
  };
  for (const word of words) walk = stepOver(word, walk);
  return walk;
}

function stepOver(word: string, walk: Walk): Walk {
  if (walk.pending) return { ...walk, pending: undefined };
  if (!walk.ended && word.startsWith('-') && word !== '-') {
    if (word === '--') return { ...walk, ended: true };
    return { ...walk, pending: pendingFlag(word, walk.flags) };
  }
  if (walk.command) return { ...walk, count: walk.count + 1 };
  const node = findChild(walk.group, word);
  if (!node) return walk;
  if (node.kind === 'group') return { ...walk, group: node };
  const tables = [GLOBAL_OPTIONS, node.options];
  return { ...walk, command: node, tables, flags: indexFlags(tables) };
}

/** The option of a flag that stands without its value. */
function pendingFlag(word: string, flags: FlagIndex): Option | undefined {
  const flag = word.startsWith('--')
    ? flags.byLong.get(word.slice(2))
    : flags.byShort.get(word.at(-1) ?? '');
  return flag && bareValue(flag.option) === undefined ? flag.option : undefined;
}

function offerForValue(option: Option, typed: string): Offer {
  if (option.kind === 'choice') {
    return startingWith(
      option.choices.map((word) => ({ word })),
      typed,
    );
  }
  return offerOfKind('complete' in option ? option.complete : undefined);
}

function offerArgument(command: Command, count: number): Offer {
  const table: readonly Argument[] = Object.values(command.arguments);
  const last = table.at(-1);
  const isOpen = last?.count === 'some' || last?.count === 'any';
  return offerOfKind((table[count] ?? (isOpen ? last : undefined))?.complete);
}

function offerOfKind(kind: Completion | undefined): Offer {
  return kind === undefined || kind === 'none' ? NOTHING : { kind };
}

function offerFlags(tables: readonly OptionTable[], typed: string): Offer {
  const candidates = tables
    .flatMap((table) => Object.entries(table))
    .filter(([, option]) => isVisible(option))
    .map(([property, option]) => ({ word: `--${flagName(property)}`, text: option.help }));
  return startingWith(candidates, typed);
}

function offerCommands(group: CommandGroup, typed: string): Offer {
  const candidates = group.commands
    .filter(isVisible)
    .map((one) => ({ word: one.name, text: one.summary }));
  return startingWith(candidates, typed);
}

function startingWith(candidates: readonly Candidate[], typed: string): Offer {
  return {
    kind: 'candidates',
    candidates: candidates.filter((one) => one.word.startsWith(typed)),
  };
}

function withPrefix(offer: Offer, prefix: string): Offer {
  if (offer.kind !== 'candidates') return offer;
  return {
    kind: 'candidates',
    candidates: offer.candidates.map((one) => ({ ...one, word: prefix + one.word })),
  };
}
