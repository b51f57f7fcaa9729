import type { Operation, Plan, Refusal } from '../plan/plan.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import { isJob } from '../plan/service-operations.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { prepareDeploy, type PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { toStackSpec, type StoredStack } from './stored-stack.ts';

/** What may happen beside services being brought to their stored specs. */
export interface StoredRules {
  /** Names of services that are removed when the stored stack has them not; `all` is any of them. */
  readonly removable: ReadonlySet<string> | 'all';
  /** `never` leaves all jobs as they are, `changed` runs those that are not as stored, `all` each. */
  readonly runsJobs: 'never' | 'changed' | 'all';
}

/** A stored stack as it was deployed: nothing is asked of a registry. */
const STORED_OPTIONS: PlanOptions = {
  prune: true,
  resolveImage: 'never',
  keepsImages: true,
  rotates: true,
  compatDocker: false,
};

/** A plan back to a stored stack, and the jobs it leaves alone. */
export interface PreparedStored extends PreparedDeploy {
  readonly skippedJobs: readonly string[];
}

/**
 * Plans the way back to a stored stack. Writes nothing.
 *
 * A secret that is gone is a refusal that names it, because its content is kept nowhere.
 * @throws as prepareDeploy
 */
export async function prepareStored(
  stored: StoredStack,
  rules: StoredRules,
  ports: RolloutPorts,
): Promise<PreparedStored> {
  const prepared = await prepareDeploy(toStackSpec(stored), STORED_OPTIONS, ports);
  const { operations, skippedJobs } = applyRules(prepared.plan, rules);
  const refusals = [
    ...missingSecrets(stored, prepared.snapshot),
    ...prepared.plan.refusals.filter((one) => !one.message.includes(': secret not found: ')),
  ];
  return { ...prepared, plan: { ...prepared.plan, operations, refusals }, skippedJobs };
}

function applyRules(
  plan: Plan,
  { removable, runsJobs }: StoredRules,
): { readonly operations: readonly Operation[]; readonly skippedJobs: readonly string[] } {
  const skippedJobs: string[] = [];
  const operations = plan.operations.flatMap((one): readonly Operation[] => {
    if (one.kind === 'service-remove') {
      return removable === 'all' || removable.has(one.name) ? [one] : [];
    }
    if (!runsJob(one) || runsJobs === 'all') return [one];
    const isChanged = one.kind === 'service-create' || one.changes.length > 0;
    if (runsJobs === 'changed' && isChanged) return [one];
    if (isChanged) skippedJobs.push(one.name);
    return one.kind === 'service-create' ? [] : [{ ...one, kind: 'service-keep' }];
  });
  return { operations, skippedJobs };
}

function runsJob(
  one: Operation,
): one is Extract<Operation, { kind: 'service-create' | 'service-update' }> {
  const isWritten = one.kind === 'service-create' || one.kind === 'service-update';
  return isWritten && isJob(one.spec.Mode);
}

function missingSecrets(stored: StoredStack, { secrets }: Snapshot): readonly Refusal[] {
  const there = new Set(secrets.map((one) => one.Spec.Name));
  const wanted = new Set(
    stored.services.flatMap((one) =>
      (one.TaskTemplate.ContainerSpec?.Secrets ?? []).map((secret) => secret.SecretName),
    ),
  );
  return [...wanted]
    .filter((name) => !there.has(name))
    .sort()
    .map((name) => ({
      code: 'secret-content-gone',
      subject: name,
      message: `secret ${name} is not in the cluster any more, and its content is kept nowhere`,
      hint: 'deploy the files again: they have the content',
    }));
}
