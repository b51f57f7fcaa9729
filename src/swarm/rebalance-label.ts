import { formatDuration, parseDuration } from '../base/duration.ts';

/**
 * Service label that asks the embedded cluster to even out the service's tasks after a node has
 * come back: for how long the node must have been there, a Go duration. A real Swarm ignores it.
 */
export const LABEL_REBALANCE = 'io.tstack.rebalance';

/** How long a node must have been there unless the file says otherwise, ms. */
export const DEFAULT_REBALANCE_AFTER_MS = 30_000;

const NS_PER_MS = 1e6;

/** The label's value for a wait of so many ms. */
export function formatRebalance(afterMs: number): string {
  return formatDuration(afterMs * NS_PER_MS);
}

/** The wait that a label asks for, ms; undefined when it is absent, off or no duration. */
export function parseRebalance(
  labels: Readonly<Record<string, string>> | undefined,
): number | undefined {
  if (!labels || !Object.hasOwn(labels, LABEL_REBALANCE)) return undefined;
  const parsed = parseDuration(labels[LABEL_REBALANCE] ?? '');
  return parsed.kind === 'ok' && parsed.ns >= 0 ? parsed.ns / NS_PER_MS : undefined;
}
