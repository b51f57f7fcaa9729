import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { ControlError } from '../control-error.ts';
import { rpcError } from '../control-error.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';

/** What the control API works with. */
export interface ControlContext {
  readonly store: Store;
  readonly clock: Clock;
  /** For ids and for the names of services that were given none. */
  readonly random: Random;
  /** Whether the container engine itself has a network of that name; services cannot join those. */
  readonly isLocalNetwork?: (name: string) => boolean;
}

/**
 * One transaction of the control API, the store's refusals in the words of the API.
 * @throws ControlError
 */
export function commit<T>(context: ControlContext, write: (tx: Transaction) => T): T {
  try {
    return context.store.update('control', write);
  } catch (error) {
    throw error instanceof StoreError ? toControlError(error) : error;
  }
}

/** @throws the refusal, when there is one */
export function refuse(refusal: ControlError | undefined): void {
  if (refusal) throw refusal;
}

function toControlError(error: StoreError): ControlError {
  switch (error.reason) {
    case 'exists':
    case 'name-conflict':
      return rpcError('AlreadyExists', error.message);
    case 'missing':
      return rpcError('NotFound', error.message);
    case 'not-durable':
      return rpcError('Unavailable', error.message);
    case 'out-of-sequence':
      return rpcError('Unknown', error.message);
  }
  error.reason satisfies never;
  return rpcError('Internal', error.message);
}
