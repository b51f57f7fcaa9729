import { fieldName } from '../plan/change-words.ts';
import type { EffectKind, OperationEffect } from '../plan/effect.ts';

/** Slots and fields named before the rest is only counted. */
const MANY = 8;

/** How to say each kind; undefined where there is nothing to say. */
const WORDS: Readonly<Record<EffectKind, (effect: OperationEffect) => string | undefined>> = {
  none: () => undefined,
  creates: () => undefined,
  ineffective: ({ reason }) => `none: ${reason}`,
  'in-place': () => 'in place; no task restarts',
  removes: ({ tasks }) => stopsAll(tasks),
  scales: (effect) => [...furtherWords(effect), 'the others stay'].join('; '),
  reruns: ({ tasks }) => ['runs the job again', stopsAll(tasks)].filter(Boolean).join('; '),
  restarts: (effect) => [restartWords(effect), ...furtherWords(effect)].join('; '),
};

/** `restarts 2 of 3 tasks (1, 3) because of image`; undefined where there is nothing to say. */
export function effectWords(effect: OperationEffect | undefined): string | undefined {
  return effect && WORDS[effect.kind](effect);
}

function stopsAll(tasks: OperationEffect['tasks']): string | undefined {
  return tasks && tasks.slots > 0 ? `stops ${count(tasks.slots)}` : undefined;
}

function furtherWords({ tasks }: OperationEffect): readonly string[] {
  return tasks ? [startWords(tasks.starts), stopWords(tasks)].filter(Boolean) : [];
}

function restartWords({ tasks, reason, because }: OperationEffect): string {
  const fields = because.map(fieldName);
  const cause = fields.length > 0 ? `because of ${shorten(fields)}` : `since ${reason}`;
  if (!tasks) return `restarts its tasks ${cause}`;
  const { restarts, slots } = tasks;
  return `restarts ${restarts.length} of ${count(slots)} (${shorten(restarts)}) ${cause}`;
}

function startWords(starts: number): string {
  return starts > 0 ? `starts ${count(starts)}` : '';
}

function stopWords({ stops }: NonNullable<OperationEffect['tasks']>): string {
  return stops.length > 0 ? `stops ${count(stops.length)} (${shorten(stops)})` : '';
}

function count(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`;
}

function shorten(words: readonly string[]): string {
  if (words.length <= MANY) return words.join(', ');
  return `${words.slice(0, MANY).join(', ')} and ${words.length - MANY} more`;
}
