import { EXIT_CODE } from '../base/errors.ts';
import { isWrite } from '../plan/plan.ts';
import { isJob } from '../plan/service-operations.ts';
import { applyDeploy, type DeployOptions } from '../rollout/deploy-stack.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { nameStep } from '../rollout/rollout-errors.ts';
import { prepareStored } from './prepare-stored.ts';
import { removeObjects } from './remove-objects.ts';
import type { StoredStack } from './stored-stack.ts';

/** What to go back to, from what, and why. */
export interface Restoration {
  readonly before: StoredStack;
  readonly target: StoredStack;
  /** What went wrong. */
  readonly messages: readonly string[];
}

/**
 * Puts a stack back to what it was before a deploy that failed, and watches it converge.
 *
 * Services that were created go, then what was created for them. Jobs are never run again, and what
 * they did is not undone; both are said.
 * @returns exit 6 when all is as before, 5 when it is not
 * @throws as applyDeploy
 */
export async function restoreBefore(
  { before, target, messages }: Restoration,
  options: DeployOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { stack } = target;
  const message = `${messages.join('; ') || 'it failed'}; putting everything back`;
  ports.emit({ type: 'warning', code: 'restoring', subject: stack, message });
  const known = namesIn(before.services);
  const created = target.services.map((one) => one.Name).filter((name) => !known.has(name));
  const rules = { removable: new Set(created), runsJobs: 'never' } as const;
  const prepared = await prepareStored(before, rules, ports);
  const result = await applyDeploy(prepared, { ...options, detach: false }, ports);
  const left = await removeObjects(stack, addedObjects(before, target), ports);
  const steps = prepared.plan.operations.filter((one) => isWrite(one.kind)).map(nameStep);
  const isBack = result.exitCode === EXIT_CODE.ok && left.length === 0;
  return {
    outcome: isBack ? 'rolled-back' : 'failed',
    exitCode: isBack ? EXIT_CODE.rolledBack : EXIT_CODE.paused,
    messages: [
      ...messages,
      ...(steps.length > 0 ? [`put back: ${steps.join(', ')}`] : ['no service had to be put back']),
      ...jobMessages(target),
      ...(isBack ? [] : ['not all is as before', ...result.messages, ...left]),
    ],
    services: result.services,
  };
}

/** What a target has and the state before had not. */
export function addedObjects(
  before: StoredStack,
  target: StoredStack,
): Parameters<typeof removeObjects>[1] {
  const added = (list: 'secrets' | 'configs' | 'networks'): ReadonlySet<string> => {
    const known = namesIn(before[list]);
    return new Set(target[list].map((one) => one.Name).filter((name) => !known.has(name)));
  };
  return { secrets: added('secrets'), configs: added('configs'), networks: added('networks') };
}

function namesIn(list: readonly { readonly Name: string }[]): ReadonlySet<string> {
  return new Set(list.map((one) => one.Name));
}

/** Jobs have run, or may have. */
function jobMessages({ services }: StoredStack): readonly string[] {
  return services
    .filter((one) => isJob(one.Mode))
    .map((one) => `job ${one.Name}: what its tasks have done is not undone`);
}
