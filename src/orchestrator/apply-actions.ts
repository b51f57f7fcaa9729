import { taskStateRank } from '../swarm/task-state.ts';
import type { Action, DelayedStart } from './action.ts';
import type { StoredService } from './store/stored-object.ts';
import type { Transaction } from './store/transaction.ts';

/**
 * Writes a decision into a transaction.
 *
 * What is gone, or already further on, is left alone: decisions never move anything back.
 * @returns the delayed starts, for the restart supervisor once the transaction is committed
 */
export function applyActions(tx: Transaction, actions: readonly Action[]): readonly DelayedStart[] {
  for (const action of actions) APPLY[action.kind](tx, action as never);
  return actions.flatMap((action) => (action.kind === 'delay-start' ? [action.start] : []));
}

type Handlers = {
  readonly [K in Action['kind']]: (tx: Transaction, action: Extract<Action, { kind: K }>) => void;
};

const APPLY: Handlers = {
  'create-task': (tx, { task }) => {
    tx.create('task', task);
  },
  'set-desired': (tx, { task: id, desired }) => {
    const task = tx.view.get('task', id);
    if (!task || taskStateRank(task.DesiredState) >= taskStateRank(desired)) return;
    tx.update('task', { ...task, DesiredState: desired });
  },
  'delete-task': (tx, { task: id }) => {
    if (tx.view.get('task', id)) tx.remove('task', id);
  },
  'set-update-status': (tx, { service: id, status }) => {
    const service = tx.view.get('service', id);
    if (service) tx.update('service', { ...service, UpdateStatus: status });
  },
  'roll-back': (tx, { service: id, status }) => {
    const service = tx.view.get('service', id);
    if (service?.PreviousSpec)
      tx.update('service', { ...rolledBack(service), UpdateStatus: status });
  },
  'delay-start': () => undefined,
};

/** The former spec in place of the present one, which is forgotten. */
function rolledBack(service: StoredService): StoredService {
  const former = {
    Spec: service.PreviousSpec ?? service.Spec,
    SpecVersion: service.PreviousSpecVersion ?? 0,
    RegistryAuth: service.PreviousRegistryAuth,
  };
  const rest = omit(service, 'PreviousSpec', 'PreviousSpecVersion', 'PreviousRegistryAuth');
  return former.RegistryAuth === undefined
    ? { ...omit(rest, 'RegistryAuth'), Spec: former.Spec, SpecVersion: former.SpecVersion }
    : { ...rest, ...former, RegistryAuth: former.RegistryAuth };
}

function omit<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const copy: Partial<T> = { ...object };
  for (const key of keys) delete copy[key];
  return copy as Omit<T, K>;
}
