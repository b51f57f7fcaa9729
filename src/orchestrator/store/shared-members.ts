import type { ServiceSpec } from '../../swarm/service.ts';
import type { ObjectKind, StoredObject, StoredService, StoredTask } from './stored-object.ts';

/** Replaces one shared sub-object by something else: a reference by its value, or the reverse. */
export type Swap = (value: object) => object;

/**
 * The object with each sub-object that others hold as well replaced by `swap`.
 *
 * Shared are: a task's Spec with its service's TaskTemplate, endpoints, log drivers, and the
 * networks in attachments. Everything else is an object's own.
 */
export function swapShared<T extends StoredObject>(kind: ObjectKind, object: T, swap: Swap): T {
  if (kind === 'task') return swapTask(object as StoredTask, swap) as T;
  if (kind === 'service') return swapService(object as StoredService, swap) as T;
  return object;
}

/** The shared sub-objects of an object, each as often as it holds it. */
export function sharedMembers(kind: ObjectKind, object: StoredObject): readonly object[] {
  const members: object[] = [];
  swapShared(kind, object, (value) => {
    members.push(value);
    return value;
  });
  return members;
}

function swapTask(task: StoredTask, swap: Swap): StoredTask {
  const { Endpoint, LogDriver, NetworksAttachments } = task;
  return {
    ...task,
    Spec: swapped(task.Spec, swap),
    ...(Endpoint && { Endpoint: swapped(Endpoint, swap) }),
    ...(LogDriver && { LogDriver: swapped(LogDriver, swap) }),
    ...(NetworksAttachments && {
      NetworksAttachments: NetworksAttachments.map((one) => ({
        ...one,
        Network: swapped(one.Network, swap),
      })),
    }),
  };
}

function swapService(service: StoredService, swap: Swap): StoredService {
  const { PreviousSpec, Endpoint } = service;
  return {
    ...service,
    Spec: swapTemplate(service.Spec, swap),
    ...(PreviousSpec && { PreviousSpec: swapTemplate(PreviousSpec, swap) }),
    ...(Endpoint && { Endpoint: swapped(Endpoint, swap) }),
  };
}

function swapTemplate(spec: ServiceSpec, swap: Swap): ServiceSpec {
  return { ...spec, TaskTemplate: swapped(spec.TaskTemplate, swap) };
}

function swapped<T extends object>(value: T, swap: Swap): T {
  return swap(value) as T;
}
