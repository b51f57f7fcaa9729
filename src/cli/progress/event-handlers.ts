import type { Emit, RolloutEvent } from '../../rollout/events.ts';

type Handlers = {
  readonly [K in RolloutEvent['type']]?: (event: Extract<RolloutEvent, { type: K }>) => void;
};

/** Takes events and passes each to the handler of its type; types without one are passed over. */
export function handleEvents(handlers: Handlers): Emit {
  return (event) => {
    const handler = handlers[event.type] as ((event: RolloutEvent) => void) | undefined;
    handler?.(event);
  };
}
