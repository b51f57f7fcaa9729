import { toInstant } from '../base/clock.ts';
import type { Backend, SwarmState } from './backend.ts';
import type { EventLog } from './event-log.ts';
import { eventsOf } from './swarm-events.ts';

/** Writes what happens in the swarm and on this machine into the log; the function ends that. */
export function feedEvents(backend: Backend, events: EventLog): () => void {
  const { membership } = backend;
  let stopSwarm: (() => void) | undefined;
  const follow = (state: SwarmState): void => {
    stopSwarm?.();
    stopSwarm =
      state.kind === 'active'
        ? state.swarm.store.watch((commit) => {
            for (const event of eventsOf(commit)) events.add(event);
          })
        : undefined;
  };
  follow(membership.state());
  const stopMembership = membership.watch(follow);
  const stopLocal = backend.watchLocalEvents?.(({ type, action, id, attributes, atMs }) =>
    events.add({ type, action, id, attributes, scope: 'local', at: toInstant(atMs) }),
  );
  return () => {
    stopSwarm?.();
    stopMembership();
    stopLocal?.();
  };
}
