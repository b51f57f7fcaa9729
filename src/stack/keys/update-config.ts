import type { Nanoseconds } from '../../swarm/object.ts';
import type { UpdateConfig } from '../../swarm/service.ts';
import { struct, type Codec } from '../codec.ts';
import { duration, ratio, text, wholeNumber } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';

/** How a service is updated, or rolled back. @source spec/stack-file.md 9.2 */
export interface UpdateConfigModel {
  /** 0 = all at once. */
  readonly parallelism?: number;
  readonly delay?: Nanoseconds;
  readonly failure_action?: string;
  readonly monitor?: Nanoseconds;
  readonly max_failure_ratio?: number;
  readonly order?: string;
  readonly extensions?: YamlMap;
}

const time = duration({ zero: 'absent' });

/** Reads, merges and prints update_config and rollback_config. */
export const updateConfigCodec: Codec<UpdateConfigModel> = struct<UpdateConfigModel>(
  {
    parallelism: wholeNumber({ as: 'uint64', zero: 'kept' }),
    delay: time,
    failure_action: text,
    monitor: time,
    max_failure_ratio: ratio,
    order: text,
  },
  { keepEmpty: true },
);

const NONE = 0 as Nanoseconds;

/** The engine's form; a block without parallelism means one at a time. */
export function toUpdateConfig(model: UpdateConfigModel): UpdateConfig {
  const { parallelism = 1, delay = NONE, monitor = NONE, failure_action: action = '' } = model;
  const { max_failure_ratio: maxRatio = 0, order = '' } = model;
  return {
    Parallelism: parallelism,
    ...(delay !== 0 && { Delay: delay }),
    ...(action !== '' && { FailureAction: action as NonNullable<UpdateConfig['FailureAction']> }),
    ...(monitor !== 0 && { Monitor: monitor }),
    ...(maxRatio !== 0 && { MaxFailureRatio: maxRatio }),
    ...(order !== '' && { Order: order as NonNullable<UpdateConfig['Order']> }),
  };
}
