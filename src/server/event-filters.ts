import type { LoggedEvent } from './event-log.ts';
import { matchesAny, matchesLabels, type ListFilters } from './list-filters.ts';

/** Filters by which any event is found whose actor is called so, whatever its type. */
const BY_ACTOR = [
  'service',
  'node',
  'secret',
  'config',
  'network',
  'container',
  'volume',
  'plugin',
] as const;

/** Actions with a command behind them, found without it. */
const BY_PREFIX = ['health_status', 'exec_create', 'exec_start'];

/**
 * Whether an event is one that was asked for; unknown keys do not matter.
 * @source spec/engine-api.md section 3 (Filters)
 */
export function matchesEvent(event: LoggedEvent, filters: ListFilters): boolean {
  if (filters.size === 0) return true;
  const { type, action, scope, actorId, attributes } = event;
  const name = attributes['name'] ?? '';
  return (
    matchesAny(filters, 'type', (one) => one === type) &&
    matchesAny(filters, 'event', (one) => one === action || isSameKind(one, action)) &&
    matchesAny(filters, 'scope', (one) => one === scope) &&
    matchesAny(filters, 'image', (one) => one === (attributes['image'] ?? actorId)) &&
    matchesLabels(filters, 'label', attributes) &&
    BY_ACTOR.every((key) =>
      matchesAny(filters, key, (one) => actorId.startsWith(one) || name.startsWith(one)),
    )
  );
}

function isSameKind(wanted: string, action: string): boolean {
  return BY_PREFIX.includes(wanted) && action.startsWith(wanted);
}
