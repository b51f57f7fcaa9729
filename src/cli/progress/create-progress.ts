import type { Clock } from '../../base/clock.ts';
import type { Emit } from '../../rollout/events.ts';
import type { Output } from '../output.ts';
import { createJsonProgress } from './json-progress.ts';
import { createPlainProgress } from './plain-progress.ts';

/** How progress is shown: `auto` is live on a terminal, plain lines elsewhere. */
export const PROGRESS_MODES = ['auto', 'live', 'plain', 'json', 'quiet'] as const;

export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** A consumer of rollout events. */
export interface ProgressRenderer {
  readonly emit: Emit;
  /** Resolves when everything is drawn and the terminal is as before; idempotent. */
  readonly close: () => Promise<void>;
}

/** Where progress goes. */
export interface ProgressPorts {
  /** Results: docker's `Creating service …` lines, JSON events. */
  readonly stdout: Output;
  /** Everything else. */
  readonly stderr: Output;
  readonly clock: Clock;
}

/** The renderer of a mode. Loads the terminal library only when it is needed. */
export async function createProgress(
  mode: ProgressMode,
  ports: ProgressPorts,
): Promise<ProgressRenderer> {
  const isLive = mode === 'live' || (mode === 'auto' && ports.stderr.isTerminal);
  if (mode === 'json') return createJsonProgress(ports);
  if (mode === 'quiet') return createPlainProgress(ports, { isQuiet: true });
  if (!isLive) return createPlainProgress(ports, { isQuiet: false });
  const { createLiveProgress } = await import('./live-progress.ts');
  return createLiveProgress(ports);
}
