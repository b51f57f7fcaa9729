import { UsageError } from '../base/errors.ts';
import type { NodeRole } from '../swarm/node.ts';

/** How many logical nodes of each role a new cluster gets. */
export interface NodeCount {
  readonly managers: number;
  readonly workers: number;
}

/** One machine; more nodes than this are a slip. */
const MOST = 100;

/**
 * Reads `1m`, `1m+3w`, `3m+2w`.
 * @throws UsageError
 */
export function parseNodeCount(text: string): NodeCount {
  const match = /^(\d{1,3})m(?:\+(\d{1,3})w)?$/.exec(text.trim());
  const managers = Number(match?.[1] ?? 0);
  const workers = Number(match?.[2] ?? 0);
  if (managers >= 1 && managers + workers <= MOST) return { managers, workers };
  throw new UsageError(
    `invalid number of nodes: ${JSON.stringify(text)}`,
    `Say managers and workers, at least one manager and at most ${MOST} nodes: 1m, 1m+3w, 3m+2w.`,
  );
}

/** The nodes in the order in which they join: managers first. */
export function rolesOf({ managers, workers }: NodeCount): readonly NodeRole[] {
  return [
    ...Array.from({ length: managers }, () => 'manager' as const),
    ...Array.from({ length: workers }, () => 'worker' as const),
  ];
}

/** The first free host name of a role: `worker-1`, `worker-2` … */
export function freeHostname(role: NodeRole, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `${role}-${number}`;
    if (!taken.has(name)) return name;
  }
}
