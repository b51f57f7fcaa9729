import { toInstant } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import { createContext, type Platform } from '../context.ts';
import { defineCommand, type CommandGroup } from '../define-command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';
import { listStacks } from '../listings/stack-listing.ts';
import { printValue } from '../../base/go-template/value.ts';
import { flagLength, indexFlags } from '../normalise-argv.ts';
import { parseCommandLine } from '../parse-command-line.ts';
import { LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import { completeWords, type Candidate } from './complete-words.ts';

/** Milliseconds that a look-up in the cluster may take before completion gives up. */
const LOOK_UP_MS = 1000;

/** Offer exactly these. */
const ONLY_THESE = ':4';
/** Offer files. */
const FILES = ':0';

/**
 * The answer of `tstack __complete WORD…`: `word<TAB>text` lines, then a directive.
 *
 * The protocol is that of docker's own completion (cobra), so `docker tstack <TAB>` works as well.
 * A cluster that cannot be asked offers nothing.
 */
export async function answerCompletion(
  words: readonly string[],
  platform: Platform,
  root: CommandGroup,
): Promise<string> {
  const offer = completeWords(words, root);
  if (offer.kind === 'file') return `${FILES}\n`;
  const candidates =
    offer.kind === 'candidates' ? offer.candidates : await stackNames(words, platform, root);
  const lines = candidates.map(({ word, text }) =>
    text === undefined ? word : `${word}\t${text}`,
  );
  return [...lines, ONLY_THESE, ''].join('\n');
}

const PROBE = defineCommand({
  name: 'probe',
  summary: '',
  arguments: {},
  options: {},
  run: () => 0,
});

async function stackNames(
  words: readonly string[],
  platform: Platform,
  root: CommandGroup,
): Promise<readonly Candidate[]> {
  const deadline = new AbortController();
  const cancel = platform.clock.at(toInstant(platform.clock.now() + LOOK_UP_MS), () =>
    deadline.abort(new UserError('too slow', { code: 'too-slow', exitCode: 7 })),
  );
  const signal = AbortSignal.any([platform.signal, deadline.signal]);
  try {
    const rest = globalFlags(words.slice(0, -1));
    const { globals } = parseCommandLine(PROBE, [], { rest, env: platform.env });
    const connect: Platform['connect'] = (request) =>
      platform.connect({ ...request, mayStart: false });
    const context = createContext({ ...platform, signal, connect }, globals, root);
    const client = await context.engine();
    const services = await client.services.list(
      { filters: { label: [LABEL_NAMESPACE] } },
      { signal },
    );
    const typed = words.at(-1) ?? '';
    return listStacks(services)
      .rows.map((row) => ({ word: printValue(row['Name']) }))
      .filter(({ word }) => word.startsWith(typed));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  } finally {
    cancel();
  }
}

/** The flags among words that every command has, so that `-H` is obeyed. */
function globalFlags(words: readonly string[]): string[] {
  const flags = indexFlags([GLOBAL_OPTIONS]);
  const found: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const isKnown = word.startsWith('--') || flags.byShort.has(word.charAt(1));
    const length = word.startsWith('-') && isKnown ? flagLength(words, at, flags) : 0;
    found.push(...words.slice(at, at + length));
    at += Math.max(0, length - 1);
  }
  return found;
}
