import type { RolloutEvent } from '../../rollout/events.ts';

type StepEvent = Extract<RolloutEvent, { type: 'step' }>;

const VERBS: Readonly<Record<string, string>> = {
  create: 'Creating',
  update: 'Updating',
  remove: 'Removing',
};

/**
 * docker's line for a write that begins; undefined where docker prints none.
 * @source spec/stack-file.md sections 2.5, 12.3, 14 (secrets and configs are updated without a word)
 */
export function stepLine(event: StepEvent): string | undefined {
  if (event.status !== 'started') return undefined;
  const [resource = '', verb = ''] = event.kind.split('-');
  const word = VERBS[verb];
  if (word === undefined || (verb === 'update' && resource !== 'service')) return undefined;
  const id = verb === 'update' ? ` (id: ${event.objectId ?? ''})` : '';
  return `${word} ${resource} ${event.name}${id}`;
}
