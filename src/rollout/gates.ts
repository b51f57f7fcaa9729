import type { Gate } from '../plan/service-order.ts';
import type { DependencyCondition } from '../stack/stack-spec.ts';
import type { TaskState } from '../swarm/task-state.ts';
import type { ServicePhase, ServiceView } from './events.ts';

/** Whether a service may be begun: yes, not yet, or never and why. */
export type GateState =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'broken'; readonly reason: string };

const OPEN: GateState = { kind: 'open' };
const CLOSED: GateState = { kind: 'closed' };

const STARTED: ReadonlySet<TaskState> = new Set(['starting', 'running', 'complete']);
const FAILED: ReadonlySet<ServicePhase> = new Set(['failed', 'paused', 'rolled-back']);

/**
 * How a gate stands, by what was last seen of its service.
 *
 * Pure. What failed and is not required opens the gate.
 * @param view - undefined while nothing was seen yet
 */
export function gateState(gate: Gate, view: ServiceView | undefined): GateState {
  if (gate.condition === 'order') return OPEN;
  if (!view) return CLOSED;
  if (hasGotThere(gate.condition, view)) return OPEN;
  if (!FAILED.has(view.phase)) return CLOSED;
  if (!gate.isRequired) return OPEN;
  return { kind: 'broken', reason: `${view.service}: ${view.reason ?? view.phase}` };
}

function hasGotThere(condition: DependencyCondition, view: ServiceView): boolean {
  const isSteady = view.phase === 'monitoring' || view.phase === 'converged';
  const current = view.slots.filter((slot) => slot.current);
  switch (condition) {
    case 'order':
      return true;
    case 'service_started':
      return isSteady || countOf(current, STARTED) >= Math.max(1, view.wanted);
    case 'service_healthy':
      return isSteady;
    case 'service_completed_successfully':
      // A job has converged when all its tasks are complete.
      if (view.mode.endsWith('job')) return isSteady;
      return isSteady && current.length > 0 && current.every(({ state }) => state === 'complete');
  }
}

function countOf(slots: ServiceView['slots'], states: ReadonlySet<TaskState>): number {
  return slots.filter(({ state }) => states.has(state)).length;
}

const WORDS: Readonly<Record<DependencyCondition, string>> = {
  order: 'to be written',
  service_started: 'to start',
  service_healthy: 'to be healthy',
  service_completed_successfully: 'to complete',
};

/** `shop_db to be healthy`. */
export function describeGate({ service, condition }: Pick<Gate, 'service' | 'condition'>): string {
  return `${service} ${WORDS[condition]}`;
}
