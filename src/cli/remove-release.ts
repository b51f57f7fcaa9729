import { EXIT_CODE } from '../base/errors.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { RemoveOptions } from '../rollout/remove-stack.ts';
import type { Context } from './context.ts';
import { lockFor, openRelease } from './release.ts';

/**
 * Removes stacks under their locks, and what was kept of them once they are gone.
 * @throws as removeStacks; UserError exit 8 when one is locked, before anything is removed
 */
export async function removeWithHistory(
  context: Context,
  flags: { readonly stacks: readonly string[]; readonly history: HistorySetting | undefined },
  work: { readonly waiting: RemoveOptions; readonly ports: RolloutPorts },
): Promise<RolloutResult> {
  const { stacks, history } = flags;
  const { removeStacks } = await import('../rollout/remove-stack.ts');
  const locked = lockFor(context, 'rm', history);
  const removeAll = async (
    rest: readonly string[],
    ports: RolloutPorts,
  ): Promise<RolloutResult> => {
    const [stack, ...others] = rest;
    if (stack === undefined) return removeStacks(stacks, work.waiting, ports);
    return locked(stack, ports, (inner) => removeAll(others, inner));
  };
  const result = await removeAll([...new Set(stacks)], work.ports);
  if (result.exitCode === EXIT_CODE.ok) {
    for (const stack of stacks) await forget(context, stack, history);
  }
  return result;
}

async function forget(
  context: Context,
  stack: string,
  setting: HistorySetting | undefined,
): Promise<void> {
  const opened = await openRelease(context, stack, setting);
  for (const name of opened?.content.records.keys() ?? []) await opened?.store.remove(name);
}
