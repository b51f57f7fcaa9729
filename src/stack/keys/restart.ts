import type { Nanoseconds } from '../../swarm/object.ts';
import type { RestartPolicy } from '../../swarm/service.ts';
import { struct, type Codec } from '../codec.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { duration, text, wholeNumber } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';
import type { YamlMap } from '../yaml-values.ts';

/** When ended tasks are replaced. @source spec/stack-file.md 9.4 */
export interface RestartPolicyModel {
  readonly condition?: string;
  readonly delay?: Nanoseconds;
  readonly max_attempts?: number;
  readonly window?: Nanoseconds;
  readonly extensions?: YamlMap;
}

const time = duration({ zero: 'kept' });

/** Reads, merges and prints deploy.restart_policy. */
export const restartPolicyCodec: Codec<RestartPolicyModel> = struct<RestartPolicyModel>(
  {
    condition: text,
    delay: time,
    max_attempts: wholeNumber({ as: 'uint64', zero: 'kept' }),
    window: time,
  },
  { keepEmpty: true },
);

/** The engine's form of deploy.restart_policy. */
export function toRestartPolicy(model: RestartPolicyModel): RestartPolicy {
  const { condition = '', delay, max_attempts: maxAttempts, window } = model;
  return {
    ...(condition !== '' && { Condition: condition as NonNullable<RestartPolicy['Condition']> }),
    ...(delay !== undefined && { Delay: delay }),
    ...(maxAttempts !== undefined && { MaxAttempts: maxAttempts }),
    ...(window !== undefined && { Window: window }),
  };
}

/**
 * Compose's own restart key, used when deploy.restart_policy is absent; converted after `deploy`.
 * @source spec/stack-file.md 9.4
 */
export const restart: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  // Parity: docker names the key among the ignored ones although it has an effect.
  notice: 'unsupported',
  reason: 'deploy.restart_policy says more',
  convert: (value, scope) => {
    if (scope.draft.task.RestartPolicy) return;
    const policy = parseRestart(value, scope);
    if (policy) scope.draft.task.RestartPolicy = policy;
  },
});

function parseRestart(value: string, scope: ServiceScope): RestartPolicy | undefined {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  const count = colon < 0 ? '' : value.slice(colon + 1);
  const reason = explainRestart(value, name, count);
  if (reason !== undefined) {
    const hint = 'use no, always, unless-stopped, on-failure or on-failure:3';
    scope.error(['restart'], { code: 'invalid-restart', reason, hint });
    return undefined;
  }
  if (name === 'no') {
    if (scope.format === 'compose') return { Condition: 'none' };
    warnOfNo(scope);
  }
  const condition = CONDITIONS[name];
  const attempts = Number(count);
  return condition && { Condition: condition, ...(attempts > 0 && { MaxAttempts: attempts }) };
}

/** What each policy becomes; `no` and the empty one become nothing. */
const CONDITIONS: Readonly<Record<string, NonNullable<RestartPolicy['Condition']> | undefined>> = {
  '': undefined,
  no: undefined,
  always: 'any',
  'unless-stopped': 'any',
  'on-failure': 'on-failure',
};

function explainRestart(value: string, name: string, count: string): string | undefined {
  if (value.startsWith(':')) {
    return 'invalid restart policy format: no policy provided before colon';
  }
  if (count !== '' && !isInt64(count)) {
    return 'invalid restart policy format: maximum retry count must be an integer';
  }
  if (Number(count) < 0) {
    return 'invalid restart policy: maximum retry count cannot be negative';
  }
  return Object.hasOwn(CONDITIONS, name)
    ? undefined
    : `invalid restart policy: unknown policy '${name}' (must be one of 'no', 'always', 'on-failure', or 'unless-stopped')`;
}

function isInt64(text: string): boolean {
  if (!/^[-+]?\d+$/.test(text)) return false;
  const number = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, number) === number;
}

/** Parity: in docker's format `restart: "no"` is sent as nothing, and Swarm's default is to restart always. */
function warnOfNo(scope: ServiceScope): void {
  scope.problem(['restart'], {
    code: 'restart-no-without-effect',
    severity: 'warning',
    message: `service ${scope.service}: restart: "no" has no effect on Swarm: ended tasks are replaced`,
    hint: 'write deploy: {restart_policy: {condition: none}}',
  });
}
