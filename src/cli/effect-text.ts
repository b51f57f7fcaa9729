import { fieldName } from '../plan/change-words.ts';
import type { OperationEffect } from '../plan/effect.ts';

/** Slots and fields named before the rest is only counted. */
const MANY = 8;

/** `restarts 2 of 3 tasks (1, 3) because of image`; undefined where there is nothing to say. */
export function effectWords(effect: OperationEffect | undefined): string | undefined {
  if (!effect) return undefined;
  const { kind, tasks, because, reason } = effect;
  const further = tasks ? [startWords(tasks.starts), stopWords(tasks)].filter(Boolean) : [];
  switch (kind) {
    case 'none':
    case 'creates':
      return undefined;
    case 'ineffective':
      return `none: ${reason}`;
    case 'in-place':
      return 'in place; no task restarts';
    case 'removes':
      return tasks && tasks.slots > 0 ? `stops ${count(tasks.slots)}` : undefined;
    case 'scales':
      return [...further, 'the others stay'].join('; ');
    case 'reruns':
      return [
        'runs the job again',
        ...(tasks && tasks.slots > 0 ? [`stops ${count(tasks.slots)}`] : []),
      ].join(', ');
    case 'restarts':
      return [restartWords(effect, because.map(fieldName)), ...further].join('; ');
  }
}

function restartWords({ tasks, reason }: OperationEffect, fields: readonly string[]): string {
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
