import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { Filters } from '../engine/client.ts';
import { judgeRollout, type RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { messageOf } from '../rollout/rollout-errors.ts';
import { isJob } from '../plan/service-operations.ts';
import { runBounded } from '../rollout/run-bounded.ts';
import type { WatchTarget } from '../rollout/service-watch.ts';
import { watchRollout } from '../rollout/watch-rollout.ts';
import type { Service } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';

const CONCURRENCY = 8;

/**
 * Rolls every service of a stack back to the spec that the cluster remembers of it, one step deep, and
 * watches. Jobs are left alone; networks, secrets and configs are as they are.
 * @throws UserError exit 1 (nothing to go back to, or a service refused), EngineError, CancelledError
 */
export async function rollBackPrevious(
  stack: string,
  options: { readonly detach: boolean; readonly timeoutMs: number | undefined },
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { engine, signal, emit } = ports;
  const filters: Filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const services = await engine.services.list({ filters }, { signal });
  const wanted = services.filter((one) => one.PreviousSpec && !isJob(one.Spec.Mode));
  if (wanted.length === 0) throw nothingBefore(stack, services.length);
  const work = async (one: Service): Promise<void> => {
    const step = { type: 'step', kind: 'service-update', name: one.Spec.Name } as const;
    emit({ ...step, status: 'started', objectId: one.ID });
    const version = one.Version.Index;
    await engine.services.update(one.ID, one.Spec, { version, rollback: 'previous', signal });
    emit({ ...step, status: 'done', objectId: one.ID });
  };
  const settled = await runBounded(wanted, CONCURRENCY, { work, stopsAll: () => false });
  const failures = settled.flatMap((one) =>
    one.status === 'failed' ? [`${one.item.Spec.Name}: ${messageOf(one.error)}`] : [],
  );
  if (failures.length > 0) {
    throw new UserError(failures.join('\n'), {
      code: 'partly-rolled-back',
      exitCode: EXIT_CODE.failed,
      hint: `Look at the stack before another try (tstack ps ${stack}): a second rollback of a service undoes the first.`,
    });
  }
  if (options.detach) return finish(stack, DETACHED, ports);
  const rolledBack = new Set<string>(wanted.map((one) => one.ID));
  const targets = services.map((one): WatchTarget => ({
    name: one.Spec.Name,
    serviceId: one.ID,
    // Its update state is that of a rollback that was asked for, so it is judged by its tasks.
    change: rolledBack.has(one.ID) ? 'rolled-back' : 'kept',
  }));
  const views = await watchRollout(stack, targets, { ports, timeoutMs: options.timeoutMs });
  return finish(stack, judgeRollout(views), ports);
}

const DETACHED: RolloutResult = {
  outcome: 'detached',
  exitCode: EXIT_CODE.ok,
  messages: [],
  services: [],
};

function finish(stack: string, result: RolloutResult, { emit }: RolloutPorts): RolloutResult {
  const { outcome, exitCode, messages } = result;
  emit({ type: 'finished', stack, outcome, exitCode, messages });
  return result;
}

function nothingBefore(stack: string, count: number): UserError {
  const message =
    count === 0
      ? `nothing found in stack: ${stack}`
      : `the cluster remembers no earlier spec of any service of stack ${stack}`;
  return new UserError(message, {
    code: 'no-previous-spec',
    exitCode: EXIT_CODE.failed,
    hint: 'Deploy the files that were deployed before.',
  });
}
