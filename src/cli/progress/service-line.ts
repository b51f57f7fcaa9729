import type { RolloutEvent, ServicePhase, ServiceView, SlotView } from '../../rollout/events.ts';
import { describeGate } from '../../rollout/gates.ts';

const PHASE_WORDS: Readonly<Record<ServicePhase, string>> = {
  waiting: 'waiting',
  monitoring: 'checking that it stays up',
  converged: 'converged',
  paused: 'update paused',
  'rolled-back': 'rolled back',
  failed: 'failed',
  'timed-out': 'timed out',
};

/** `2/3 running, waiting: 1 task pending: no suitable node (…)`. */
export function serviceLine(view: ServiceView): string {
  const verb = view.mode.endsWith('job') ? 'complete' : 'running';
  const count = `${view.done}/${view.wanted} ${verb}`;
  const isPlain = view.reason === undefined || view.reason === 'monitoring';
  const reason = isPlain || /^\d+ of \d+ /.test(view.reason) ? '' : `: ${view.reason}`;
  return `${count}, ${PHASE_WORDS[view.phase]}${reason}`;
}

/** `1 running on node-2`, `2 failed: task: non-zero exit (1)`; a slot of an older spec says so. */
export function slotLine(slot: SlotView): string {
  const node = slot.node === undefined || slot.node === slot.slot ? '' : ` on ${slot.node}`;
  const age = slot.current ? '' : ' (older spec)';
  const error = slot.error === undefined ? '' : `: ${slot.error}`;
  return `${slot.slot} ${slot.state}${node}${age}${error}`;
}

/** `waits for shop_db to be healthy, shop_migrate to complete`. */
export function gateLine({ waitsFor }: Extract<RolloutEvent, { type: 'gate' }>): string {
  return `waits for ${waitsFor.map(describeGate).join(', ')}`;
}
