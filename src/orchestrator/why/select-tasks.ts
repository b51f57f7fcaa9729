import { compareStrings } from '../../base/compare.ts';
import { descopeName, LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import type { Service } from '../../swarm/service.ts';
import { isTerminal, taskStateRank } from '../../swarm/task-state.ts';
import type { ObservedCluster, ObservedTask } from '../scheduler/observed-cluster.ts';

/** What a word on the command line means. */
export type TaskSelection =
  /** One task; it may have ended. */
  | { readonly kind: 'task'; readonly task: ObservedTask }
  /** Every slot of a service, by the task that holds it; may be empty. */
  | { readonly kind: 'service'; readonly service: Service; readonly tasks: readonly ObservedTask[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'none' };

const NONE = { kind: 'none' } as const;
const COMPLETE = taskStateRank('complete');

/**
 * Finds what is meant: a task id (or the beginning of one), `service.slot`, a container name, or a
 * service. A service's name may be short of its stack's; the slot of a global task is its node.
 */
export function selectTasks(word: string, cluster: ObservedCluster): TaskSelection {
  const { tasks } = cluster;
  const exact = tasks.find(({ ID }) => ID === word || word.endsWith(`.${ID}`));
  if (exact) return { kind: 'task', task: exact };
  const found = servicesNamed(word, cluster);
  if (found.length > 0) return pickService(found, cluster);
  const slot = selectSlot(word, cluster);
  if (slot.kind !== 'none') return slot;
  const prefixed = tasks.filter(({ ID }) => word !== '' && ID.startsWith(word));
  if (prefixed[0] && prefixed.length === 1) return { kind: 'task', task: prefixed[0] };
  if (prefixed.length === 0) return NONE;
  return { kind: 'ambiguous', candidates: prefixed.map(({ ID }) => ID) };
}

function pickService(found: readonly Service[], { tasks }: ObservedCluster): TaskSelection {
  const [service] = found;
  if (!service) return NONE;
  if (found.length > 1) {
    return { kind: 'ambiguous', candidates: found.map(({ Spec }) => Spec.Name) };
  }
  const bySlot = new Map<string, ObservedTask[]>();
  for (const task of tasks) {
    if (task.ServiceID !== service.ID) continue;
    const key = slotKey(task);
    bySlot.set(key, [...(bySlot.get(key) ?? []), task]);
  }
  const holders = [...bySlot]
    .sort(([a], [b]) => Number(a) - Number(b) || compareStrings(a, b))
    .flatMap(([, mates]) => holderOf(mates) ?? [])
    .filter(({ DesiredState }) => DesiredState !== 'remove');
  return { kind: 'service', service, tasks: holders };
}

function selectSlot(word: string, cluster: ObservedCluster): TaskSelection {
  const dot = word.lastIndexOf('.');
  if (dot <= 0) return NONE;
  const [name, key] = [word.slice(0, dot), word.slice(dot + 1)];
  const nodes = cluster.nodes
    .filter(({ ID, Description }) => ID === key || Description.Hostname === key)
    .map(({ ID }) => ID as string);
  const found = servicesNamed(name, cluster).flatMap((service) => {
    const mates = cluster.tasks.filter(
      (task) =>
        task.ServiceID === service.ID &&
        (String(task.Slot) === key ||
          (task.Slot === undefined && nodes.includes(task.NodeID ?? ''))),
    );
    return holderOf(mates) ?? [];
  });
  if (found[0] && found.length === 1) return { kind: 'task', task: found[0] };
  return found.length === 0 ? NONE : { kind: 'ambiguous', candidates: found.map(({ ID }) => ID) };
}

/** Full names and ids before names short of their stack's. */
function servicesNamed(word: string, { services }: ObservedCluster): readonly Service[] {
  const full = services.filter(({ ID, Spec }) => Spec.Name === word || ID === word);
  if (full.length > 0) return full;
  return services.filter(({ Spec }) => {
    const stack = Spec.Labels?.[LABEL_NAMESPACE];
    return stack !== undefined && descopeName(stack, Spec.Name) === word;
  });
}

/** The task that holds a slot: the newest that is wanted and has not ended, else the newest. */
function holderOf(mates: readonly ObservedTask[]): ObservedTask | undefined {
  const sorted = mates.toSorted(byCreation);
  return (
    sorted.findLast(
      ({ DesiredState, Status }) =>
        taskStateRank(DesiredState) <= COMPLETE && !isTerminal(Status.State),
    ) ?? sorted.at(-1)
  );
}

/** All known tasks of a task's slot, itself among them, oldest first. */
export function slotMates(
  task: ObservedTask,
  tasks: readonly ObservedTask[],
): readonly ObservedTask[] {
  const key = slotKey(task);
  return tasks
    .filter((one) => one.ServiceID === task.ServiceID && slotKey(one) === key)
    .toSorted(byCreation);
}

function slotKey({ Slot, NodeID }: ObservedTask): string {
  return String(Slot ?? NodeID ?? '');
}

function byCreation(a: ObservedTask, b: ObservedTask): number {
  return compareStrings(a.CreatedAt, b.CreatedAt);
}
