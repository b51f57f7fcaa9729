/** Why the store refused a write. */
export type StoreErrorReason =
  | 'out-of-sequence'
  | 'exists'
  | 'missing'
  | 'name-conflict'
  | 'not-durable';

const MESSAGES: Readonly<Record<StoreErrorReason, string>> = {
  'out-of-sequence': 'update out of sequence',
  exists: 'object already exists',
  missing: 'object does not exist',
  'name-conflict': 'name conflicts with an existing object',
  'not-durable': 'the cluster state can no longer be written to disk',
};

/**
 * A write that the store refused; the whole transaction was undone.
 * @source swarmkit manager/state/store/memory.go (ErrSequenceConflict, ErrExist, ErrNotExist, ErrNameConflict)
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreErrorReason;
  constructor(reason: StoreErrorReason, cause?: unknown) {
    super(MESSAGES[reason], cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
