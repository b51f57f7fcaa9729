import type { Filters } from '../engine/client.ts';
import { messageOf, isCancelled } from '../rollout/rollout-errors.ts';
import type { StepKind } from '../rollout/events.ts';
import { ignoringAbsence } from '../rollout/operations.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { RACE_DELAYS_MS, retry } from '../rollout/retry.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';

/** Names of objects of one stack, by kind. */
export interface ObjectNames {
  readonly secrets: ReadonlySet<string>;
  readonly configs: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
}

/**
 * Removes objects of a stack that no service needs any more, networks last.
 *
 * What ending tasks still hold is tried again for about 25 s.
 * @returns a message for each that stays
 * @throws EngineError when the cluster cannot be read, CancelledError
 */
export async function removeObjects(
  stack: string,
  names: ObjectNames,
  ports: RolloutPorts,
): Promise<readonly string[]> {
  const { engine, signal, clock, emit } = ports;
  const filters: Filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const call = { signal };
  const [secrets, configs, networks] = await Promise.all([
    names.secrets.size > 0 ? engine.secrets.list({ filters }, call) : [],
    names.configs.size > 0 ? engine.configs.list({ filters }, call) : [],
    names.networks.size > 0 ? engine.networks.list({ filters }, call) : [],
  ]);
  const removals = [
    ...secrets.map((one) =>
      removal('secret-remove', one.Spec.Name, () => engine.secrets.remove(one.ID, call)),
    ),
    ...configs.map((one) =>
      removal('config-remove', one.Spec.Name, () => engine.configs.remove(one.ID, call)),
    ),
    ...networks.map((one) =>
      removal('network-remove', one.Name, () => engine.networks.remove(one.Id, call)),
    ),
  ].filter(({ kind, name }) => namesOf(names, kind).has(name));
  const left: string[] = [];
  for (const { kind, name, remove } of removals) {
    emit({ type: 'step', kind, name, status: 'started' });
    try {
      const policy = { clock, signal, delaysMs: RACE_DELAYS_MS, isTransient: isInUse };
      await retry(policy, () => ignoringAbsence(remove()));
      emit({ type: 'step', kind, name, status: 'done' });
    } catch (error) {
      if (isCancelled(error)) throw error;
      emit({ type: 'step', kind, name, status: 'failed', error: messageOf(error) });
      left.push(`${kind.split('-')[0] ?? ''} ${name} stays: ${messageOf(error)}`);
    }
  }
  return left;
}

interface Removal {
  readonly kind: StepKind;
  readonly name: string;
  readonly remove: () => Promise<void>;
}

function removal(kind: StepKind, name: string, remove: () => Promise<void>): Removal {
  return { kind, name, remove };
}

function namesOf(names: ObjectNames, kind: StepKind): ReadonlySet<string> {
  if (kind === 'secret-remove') return names.secrets;
  return kind === 'config-remove' ? names.configs : names.networks;
}

function isInUse(error: unknown): boolean {
  return /in use|active endpoints/i.test(messageOf(error));
}
