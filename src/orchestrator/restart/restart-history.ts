import type { Instant } from '../../base/clock.ts';

/** The restarts of one slot under one version of its spec. */
export interface RestartHistory {
  readonly specVersion: number | undefined;
  readonly total: number;
  /** Ascending; kept only under a policy with a window. */
  readonly at: readonly Instant[];
}

/** A restart to be remembered. */
export interface Restarted {
  readonly specVersion: number | undefined;
  readonly at: Instant;
  readonly keepsTimes: boolean;
}

/** Adds one restart; a new spec version starts afresh. */
export function recordRestart(
  history: RestartHistory | undefined,
  restart: Restarted,
): RestartHistory {
  const { specVersion } = restart;
  const old = history?.specVersion === specVersion ? history : undefined;
  return {
    specVersion,
    total: (old?.total ?? 0) + 1,
    at: restart.keepsTimes ? [...(old?.at ?? []), restart.at] : [],
  };
}
