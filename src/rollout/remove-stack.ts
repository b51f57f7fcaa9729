import { sleepUntil, toInstant, type Instant } from '../base/clock.ts';
import { byString } from '../base/compare.ts';
import { sortTopologically } from '../base/topology.ts';
import { CancelledError, EngineError, EXIT_CODE } from '../base/errors.ts';
import type { CallOptions, Filters } from '../engine/client.ts';
import { parseDependsOn } from '../swarm/dependency-label.ts';
import { LABEL_NAMESPACE, scopeName } from '../swarm/stack-labels.ts';
import { isTerminal } from '../swarm/task-state.ts';
import type { Task } from '../swarm/task.ts';
import type { StepKind } from './events.ts';
import type { RolloutResult } from './judge-rollout.ts';
import { ignoringAbsence } from './operations.ts';
import type { RolloutPorts } from './ports.ts';
import { retry } from './retry.ts';
import { isCancelled, messageOf } from './rollout-errors.ts';
import { runBounded } from './run-bounded.ts';

/** How `rm` behaves. */
export interface RemoveOptions {
  /** Do not wait until the tasks are gone. */
  readonly detach: boolean;
  /** How long to wait for tasks, per stack; undefined means for ever. */
  readonly timeoutMs: number | undefined;
}

/** Removals in flight at once. */
const CONCURRENCY = 8;

/** Between two looks at what is left; each further pause is longer by half. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** A network is free a moment after its last task: about 20 s of tries. */
const NETWORK_DELAYS_MS: readonly number[] = [
  100, 200, 400, 800, 1500, 2000, 3000, 4000, 4000, 4000,
];

/** One object that goes. */
interface Removal {
  readonly kind: StepKind;
  readonly id: string;
  readonly name: string;
  readonly remove: () => Promise<void>;
  /** Services only: names inside the stack of those it depends on. */
  readonly dependsOn?: readonly string[];
}

/**
 * Removes stacks one after another, each in the order that leaks nothing.
 *
 * Services first, what depends on others before those and, unless detached, gone before them; then
 * waits until their tasks are gone; then secrets, configs,
 * and last the networks, which tasks hold until they are gone. What somebody else has removed
 * meanwhile is fine. A stack of which nothing is found is said and is no error.
 * @returns exit code 0, 1 (something could not be removed), or 7 (tasks were still there)
 * @throws EngineError when the cluster cannot be read, CancelledError
 */
export async function removeStacks(
  stacks: readonly string[],
  options: RemoveOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const results: RolloutResult[] = [];
  for (const stack of stacks) {
    try {
      const result = await removeStack(stack, options, ports);
      const { outcome, exitCode, messages } = result;
      ports.emit({ type: 'finished', stack, outcome, exitCode, messages });
      results.push(result);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      const rest = stacks.slice(results.length).join(', ');
      const message = `${error.message}; not removed, or not completely: ${rest}. Running the same command again removes what is left`;
      const facts = { outcome: 'interrupted', exitCode: error.exitCode } as const;
      ports.emit({ type: 'finished', stack, ...facts, messages: [message] });
      throw new CancelledError(message, error.exitCode);
    }
  }
  const worst =
    results.find((one) => one.outcome === 'failed') ?? results.find((one) => one.exitCode);
  return {
    outcome: worst?.outcome ?? 'removed',
    exitCode: worst?.exitCode ?? EXIT_CODE.ok,
    messages: results.flatMap((one) => one.messages),
    services: [],
  };
}

async function removeStack(
  stack: string,
  options: RemoveOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const removals = await findRemovals(stack, ports);
  if (removals.length === 0) {
    const message = `Nothing found in stack: ${stack}`;
    ports.emit({ type: 'warning', code: 'nothing-found', subject: stack, message });
    return { outcome: 'removed', exitCode: EXIT_CODE.ok, messages: [], services: [] };
  }
  const failures: string[] = [];
  const remove = async (kind: StepKind): Promise<void> => {
    const wanted = removals.filter((one) => one.kind === kind);
    failures.push(...(await removeAll(wanted, ports)));
  };
  const deadline =
    options.timeoutMs === undefined ? undefined : toInstant(ports.clock.now() + options.timeoutMs);
  const services = removals.filter((one) => one.kind === 'service-remove');
  for (const group of dependantsFirst(stack, services)) {
    failures.push(...(await removeAll(group, ports)));
    const isLast = group.length === services.length;
    if (options.detach || isLast) continue;
    const ids = new Set(group.map((one) => one.id));
    await waitForTasks({ stack, deadline, isOf: (task) => ids.has(task.ServiceID) }, ports);
  }
  const all = { stack, deadline, isOf: () => true };
  const remaining = options.detach ? 0 : await waitForTasks(all, ports);
  await remove('secret-remove');
  await remove('config-remove');
  await remove('network-remove');
  return conclude(stack, { failures, remaining });
}

function conclude(
  stack: string,
  facts: { readonly failures: readonly string[]; readonly remaining: number },
): RolloutResult {
  const { failures, remaining } = facts;
  const left =
    remaining > 0
      ? [
          `${remaining} ${remaining === 1 ? 'task' : 'tasks'} of stack ${stack} had not stopped when the time was up`,
        ]
      : [];
  if (failures.length > 0) {
    return {
      outcome: 'failed',
      exitCode: EXIT_CODE.failed,
      messages: [...failures, ...left, `failed to remove some resources from stack: ${stack}`],
      services: [],
    };
  }
  return {
    outcome: remaining > 0 ? 'timed-out' : 'removed',
    exitCode: remaining > 0 ? EXIT_CODE.timeout : EXIT_CODE.ok,
    messages: left,
    services: [],
  };
}

async function findRemovals(stack: string, ports: RolloutPorts): Promise<readonly Removal[]> {
  const { engine, signal } = ports;
  const filters: Filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const call: CallOptions = { signal };
  const [services, networks, secrets, configs] = await Promise.all([
    engine.services.list({ filters }, call),
    engine.networks.list({ filters }, call),
    engine.secrets.list({ filters }, call),
    engine.configs.list({ filters }, call),
  ]);
  const removals: readonly Removal[] = [
    ...services.map((one) => ({
      kind: 'service-remove' as const,
      id: one.ID,
      name: one.Spec.Name,
      remove: () => engine.services.remove(one.ID, call),
      dependsOn: parseDependsOn(one.Spec.Labels),
    })),
    ...secrets.map((one) => ({
      kind: 'secret-remove' as const,
      id: one.ID,
      name: one.Spec.Name,
      remove: () => engine.secrets.remove(one.ID, call),
    })),
    ...configs.map((one) => ({
      kind: 'config-remove' as const,
      id: one.ID,
      name: one.Spec.Name,
      remove: () => engine.configs.remove(one.ID, call),
    })),
    ...networks.map((one) => ({
      kind: 'network-remove' as const,
      id: one.Id,
      name: one.Name,
      remove: () => removeNetwork(() => engine.networks.remove(one.Id, call), ports),
    })),
  ];
  return [...removals].sort(byString((one) => one.name));
}

/** Removes all it can; gives a message for each that stays. */
async function removeAll(
  removals: readonly Removal[],
  ports: RolloutPorts,
): Promise<readonly string[]> {
  const work = async (one: Removal): Promise<void> => {
    const step = { type: 'step', kind: one.kind, name: one.name, objectId: one.id } as const;
    ports.emit({ ...step, status: 'started' });
    try {
      await ignoringAbsence(one.remove());
      ports.emit({ ...step, status: 'done' });
    } catch (error) {
      ports.emit({ ...step, status: 'failed', error: messageOf(error) });
      throw error;
    }
  };
  const results = await runBounded(removals, CONCURRENCY, { work, stopsAll: isCancelled });
  return results.flatMap((one) => {
    if (one.status !== 'failed') return [];
    if (isCancelled(one.error)) throw one.error;
    const resource = one.item.kind.split('-')[0] ?? '';
    return [
      `Failed to remove ${resource} ${one.item.name} (${one.item.id}): ${messageOf(one.error)}`,
    ];
  });
}

/** Tasks that are just ending may hold a network for a moment longer. */
function removeNetwork(remove: () => Promise<void>, ports: RolloutPorts): Promise<void> {
  const { clock, signal } = ports;
  const isTransient = (error: unknown): boolean =>
    error instanceof EngineError && /in use by task|has active endpoints/.test(error.message);
  return retry({ clock, signal, delaysMs: NETWORK_DELAYS_MS, isTransient }, remove);
}

/** Which tasks of a stack are waited for, and until when. */
interface TaskWait {
  readonly stack: string;
  readonly deadline: Instant | undefined;
  readonly isOf: (task: Task) => boolean;
}

/** Services in groups, each before those it depends on; one group when nothing depends on anything. */
function dependantsFirst(
  stack: string,
  services: readonly Removal[],
): readonly (readonly Removal[])[] {
  const needs = new Map(services.map(({ name, dependsOn = [] }) => [name, dependsOn] as const));
  const { levels } = sortTopologically(
    services.map((one) => one.name),
    (name) => (needs.get(name) ?? []).map((one) => scopeName(stack, one)),
  );
  // Services that wait for each other have no level: nobody can say which is first.
  const levelOf = ({ name }: Removal): number => levels.get(name) ?? 0;
  const descending = [...new Set(services.map(levelOf))].sort((a, b) => b - a);
  return descending.map((level) => services.filter((one) => levelOf(one) === level));
}

/**
 * Waits until no task of the stack can still run.
 *
 * Tasks on nodes that do not answer are not waited for: nobody can tell when they end.
 * @returns how many were left when the time was up
 */
async function waitForTasks(wait: TaskWait, ports: RolloutPorts): Promise<number> {
  const { clock, emit, signal } = ports;
  const { stack, deadline } = wait;
  let pauseMs = FIRST_PAUSE_MS;
  let shown: number | undefined;
  for (;;) {
    const remaining = await countTasks(wait, ports);
    if (remaining !== shown) emit({ type: 'tasks', stack, remaining });
    if (remaining === 0 || (deadline !== undefined && clock.now() >= deadline)) return remaining;
    shown = remaining;
    await sleepUntil(clock, toInstant(clock.now() + pauseMs), signal);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

async function countTasks({ stack, isOf }: TaskWait, ports: RolloutPorts): Promise<number> {
  const { engine, signal } = ports;
  const filters: Filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const [tasks, nodes] = await Promise.all([
    engine.tasks.list({ filters }, { signal }),
    engine.nodes.list({}, { signal }),
  ]);
  const down = new Set<string>(
    nodes.flatMap((one) => (one.Status.State === 'down' ? [one.ID] : [])),
  );
  const canRun = (one: Task): boolean =>
    isOf(one) && !isTerminal(one.Status.State) && !down.has(one.NodeID ?? '');
  return tasks.filter(canRun).length;
}
