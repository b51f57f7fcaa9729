import { UsageError } from '../base/errors.ts';
import type { Filters } from '../engine/client.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';

/** The flag `-f, --filter` of list commands. */
export const FILTER_OPTION = {
  kind: 'list',
  short: 'f',
  placeholder: 'KEY=VALUE',
  help: 'Show only what matches',
  complete: 'none',
  check(item: string) {
    // Parity: an empty filter is none.
    if (item === '' || item.includes('=')) return;
    throw new UsageError(
      `invalid argument "${item}" for "-f, --filter" flag: bad format of filter (expected name=value)`,
    );
  },
} as const;

/** Filters of a list call: the stack's label and the user's own, which the engine checks. */
export function stackFilters(stack: string, filters: readonly string[]): Filters {
  const { label = [], ...others } = parseFilters(filters);
  return { label: [`${LABEL_NAMESPACE}=${stack}`, ...label], ...others };
}

/** Filters as the user gave them, which the engine checks. */
export function parseFilters(filters: readonly string[]): Filters {
  const byKey: Record<string, string[]> = {};
  for (const filter of filters.filter((one) => one !== '')) {
    const at = filter.indexOf('=');
    const key = filter.slice(0, at).trim().toLowerCase();
    (byKey[key] ??= []).push(filter.slice(at + 1).trim());
  }
  return byKey;
}
