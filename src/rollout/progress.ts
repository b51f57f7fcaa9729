import type { Instant } from '../base/clock.ts';
import type { Outcome, RolloutEvent, ServiceView } from './events.ts';

/** What a renderer needs to draw at any moment. */
export interface RolloutProgress {
  readonly stack: string | undefined;
  /** Writes begun and not ended, as `create service shop_web`. */
  readonly steps: readonly string[];
  /** Services that are watched, by name, in the order of the watch. */
  readonly services: ReadonlyMap<string, ServiceView | undefined>;
  readonly deadline: Instant | undefined;
  /** Tasks that `rm` still waits for. */
  readonly remaining: number | undefined;
  readonly outcome: Outcome | undefined;
}

/** Nothing has happened yet. */
export const NO_PROGRESS: RolloutProgress = {
  stack: undefined,
  steps: [],
  services: new Map(),
  deadline: undefined,
  remaining: undefined,
  outcome: undefined,
};

/** The progress after one more event. Pure. */
export function reduceProgress(progress: RolloutProgress, event: RolloutEvent): RolloutProgress {
  switch (event.type) {
    case 'plan':
      return { ...NO_PROGRESS, stack: event.stack };
    case 'step':
      return { ...progress, steps: stepsAfter(progress.steps, event) };
    case 'waiting': {
      const services = new Map(event.services.map((name) => [name, undefined] as const));
      return { ...progress, stack: event.stack, services, deadline: event.deadline };
    }
    case 'service':
      return {
        ...progress,
        services: new Map(progress.services).set(event.service, event),
      };
    case 'tasks':
      return { ...progress, stack: event.stack, remaining: event.remaining };
    case 'finished':
      return { ...progress, stack: event.stack, outcome: event.outcome };
    case 'failure':
    case 'gate':
    case 'warning':
      return progress;
  }
}

function stepsAfter(
  steps: readonly string[],
  event: Extract<RolloutEvent, { type: 'step' }>,
): readonly string[] {
  const [resource = '', verb = ''] = event.kind.split('-');
  const step = `${verb} ${resource} ${event.name}`;
  const others = steps.filter((one) => one !== step);
  return event.status === 'started' || event.status === 'retrying' ? [...others, step] : others;
}
