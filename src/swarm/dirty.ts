import { isSameMessage } from './same-message.ts';
import type { EndpointSpec, ServiceSpec, TaskSpec } from './service.ts';
import { taskStateRank, type TaskState } from './task-state.ts';

/** What the dirty rule reads of a service; `SpecVersion` is unknown outside the managers. */
export interface DirtyService {
  readonly Spec: Pick<ServiceSpec, 'TaskTemplate' | 'EndpointSpec'>;
  readonly SpecVersion?: number | undefined;
}

/** What the dirty rule reads of a task; `Endpoint` is the copy made when it was allocated. */
export interface DirtyTask {
  readonly Spec: TaskSpec;
  readonly SpecVersion?: number | undefined;
  readonly Endpoint?: { readonly Spec?: EndpointSpec | undefined } | undefined;
  readonly Status: { readonly State: TaskState };
  readonly DesiredState: TaskState;
}

/** Why a task must be replaced. */
export type DirtyReason = 'task-template' | 'endpoint' | 'constraints';

/**
 * Why a task no longer matches its service, undefined while it is clean.
 *
 * A change of `Placement` alone makes only those tasks dirty whose node violates the new
 * constraints; preferences, MaxReplicas and platforms never do.
 * @param meetsConstraints - whether the task's node meets the service's current constraints; false
 *   for a task without a node. Asked only when the answer matters.
 * @source swarmkit manager/orchestrator/task.go IsTaskDirty; spec/orchestrator.md 13.3
 */
export function dirtyReason(
  service: DirtyService,
  task: DirtyTask,
  meetsConstraints: () => boolean,
): DirtyReason | undefined {
  if (service.SpecVersion !== undefined && service.SpecVersion === task.SpecVersion)
    return undefined;
  if (!isSameEndpoint(service, task)) return 'endpoint';
  const compared = compareTemplates(service.Spec.TaskTemplate, task.Spec);
  if (ignoresCredentials(task) ? compared.sameButCredentials : compared.same) return undefined;
  if (!compared.sameButPlacement) return 'task-template';
  return meetsConstraints() ? undefined : 'constraints';
}

/** Whether a task must be replaced for its service's current spec; see {@link dirtyReason}. */
export function isTaskDirty(
  service: DirtyService,
  task: DirtyTask,
  meetsConstraints: () => boolean,
): boolean {
  return dirtyReason(service, task, meetsConstraints) !== undefined;
}

function isSameEndpoint(service: DirtyService, task: DirtyTask): boolean {
  if (task.Endpoint === undefined) return true;
  return isSameMessage(withMode(service.Spec.EndpointSpec), withMode(task.Endpoint.Spec));
}

/** `vip` is the mode of an endpoint that names none; an endpoint that is absent stays so. */
function withMode(spec: EndpointSpec | undefined): EndpointSpec | undefined {
  return spec && { ...spec, Mode: spec.Mode ?? 'vip' };
}

/** A task that got its image has no further use for credentials. */
function ignoresCredentials(task: DirtyTask): boolean {
  const observed = taskStateRank(task.Status.State);
  return (
    taskStateRank(task.DesiredState) <= taskStateRank('running') &&
    observed >= taskStateRank('ready') &&
    observed <= taskStateRank('running')
  );
}

interface Comparison {
  readonly same: boolean;
  readonly sameButCredentials: boolean;
  readonly sameButPlacement: boolean;
}

/** Specs never change and are shared by all tasks of a service, so a pair is compared once. */
const COMPARED = new WeakMap<TaskSpec, WeakMap<TaskSpec, Comparison>>();

function compareTemplates(wanted: TaskSpec, found: TaskSpec): Comparison {
  const known = COMPARED.get(wanted)?.get(found);
  if (known) return known;
  const same = isSameMessage(wanted, found);
  const { Placement } = found;
  const compared: Comparison = {
    same,
    sameButCredentials:
      same || isSameMessage(withoutCredentials(wanted), withoutCredentials(found)),
    // Parity: a Placement-only change is judged with the credentials, as upstream does.
    sameButPlacement: same || isSameMessage({ ...wanted, Placement }, found),
  };
  const byFound = COMPARED.get(wanted) ?? new WeakMap<TaskSpec, Comparison>();
  COMPARED.set(wanted, byFound.set(found, compared));
  return compared;
}

function withoutCredentials(spec: TaskSpec): TaskSpec {
  if (!spec.ContainerSpec || !('PullOptions' in spec.ContainerSpec)) return spec;
  return { ...spec, ContainerSpec: { ...spec.ContainerSpec, PullOptions: undefined } as never };
}
