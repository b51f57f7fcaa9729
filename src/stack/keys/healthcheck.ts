import type { Nanoseconds } from '../../swarm/object.ts';
import type { Healthcheck } from '../../swarm/service.ts';
import { struct, type Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { duration, flag, wholeNumber } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';

/** A health check of the file. @source spec/stack-file.md 8.5 */
export interface HealthcheckModel {
  /** `['CMD', …]`, `['CMD-SHELL', line]` or `['NONE']`. */
  readonly test?: readonly string[];
  readonly timeout?: Nanoseconds;
  readonly interval?: Nanoseconds;
  readonly retries?: number;
  readonly start_period?: Nanoseconds;
  readonly start_interval?: Nanoseconds;
  readonly disable?: boolean;
  readonly extensions?: YamlMap;
}

/** A string is a shell line; a list is taken as it is, and appended by a later file. */
const test: Codec<readonly string[]> = {
  ...textList,
  decode: (value, at) =>
    typeof value === 'string' ? ['CMD-SHELL', value] : textList.decode(value, at),
};

const time = duration({ zero: 'kept' });

const fields = struct<HealthcheckModel>(
  {
    test,
    timeout: time,
    interval: time,
    retries: wholeNumber({ as: 'uint64', zero: 'kept' }),
    start_period: time,
    start_interval: time,
    disable: flag,
  },
  { keepEmpty: true },
);

/** How the engine learns whether a container works. @source spec/stack-file.md 8.5 */
export const healthcheck: KeySpec<HealthcheckModel> = defineKey({
  codec: fields,
  support: 'supported',
  convert: (value, scope) => {
    if (value.disable !== true) {
      scope.draft.container.Healthcheck = toHealthcheck(value);
      return;
    }
    if ((value.test ?? []).length > 0) {
      scope.error(['healthcheck', 'disable'], {
        code: 'healthcheck-test-and-disable',
        reason: "test and disable can't be set at the same time",
        hint: 'remove one of them',
      });
    }
    scope.draft.container.Healthcheck = { Test: ['NONE'] };
  },
});

function toHealthcheck(value: HealthcheckModel): Healthcheck {
  const { test = [], interval, timeout, start_period: startPeriod } = value;
  const { start_interval: startInterval, retries } = value;
  return {
    ...(test.length > 0 && { Test: test }),
    ...(isGiven(interval) && { Interval: interval }),
    ...(isGiven(timeout) && { Timeout: timeout }),
    ...(isGiven(startPeriod) && { StartPeriod: startPeriod }),
    ...(isGiven(startInterval) && { StartInterval: startInterval }),
    ...(isGiven(retries) && { Retries: retries }),
  };
}

/** Zero means inherit, as absent does. */
function isGiven<T extends number>(value: T | undefined): value is T {
  return value !== undefined && value !== 0;
}
