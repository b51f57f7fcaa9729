import type { Instant } from '../base/clock.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import type { TaskId } from '../swarm/object.ts';
import type { TaskState } from '../swarm/task-state.ts';
import type { SlotKey } from './store/store-view.ts';
import type { Draft, StoredCluster, StoredService, StoredTask } from './store/stored-object.ts';

/** Where and how a new task begins. */
export interface NewTask {
  readonly id: TaskId;
  readonly service: StoredService;
  /** Gives the default log driver; undefined before the cluster object exists. */
  readonly cluster: StoredCluster | undefined;
  readonly slot: SlotKey;
  readonly desired: TaskState;
  readonly now: Instant;
}

/**
 * A task as orchestrators create it: state NEW, message `created`, the service's current spec.
 *
 * A slot that is a node id makes a task of a global service, bound to that node.
 * @source swarmkit manager/orchestrator/task.go NewTask
 */
export function newTask(wanted: NewTask): Draft<StoredTask> {
  const { service, slot } = wanted;
  const { TaskTemplate } = service.Spec;
  const logDriver = TaskTemplate.LogDriver ?? wanted.cluster?.Spec.TaskDefaults?.LogDriver;
  const iteration = service.JobStatus?.JobIteration;
  return {
    ID: wanted.id,
    ServiceID: service.ID,
    Spec: TaskTemplate,
    SpecVersion: service.SpecVersion,
    ServiceAnnotations: {
      Name: service.Spec.Name,
      ...(service.Spec.Labels && { Labels: service.Spec.Labels }),
    },
    ...(typeof slot === 'number' ? { Slot: slot } : { NodeID: slot }),
    Endpoint: service.Spec.EndpointSpec ? { Spec: service.Spec.EndpointSpec } : {},
    ...(logDriver && { LogDriver: logDriver }),
    ...(iteration && { JobIteration: iteration }),
    Status: { State: 'new', Message: 'created', Timestamp: formatTimestamp(wanted.now) },
    DesiredState: wanted.desired,
  };
}
