import type { ServiceSpec } from '../swarm/service.ts';

/**
 * The spec with another number of tasks: replicas, or for a job how many are to complete.
 * @source docker/cli cli/command/service/scale.go
 */
export function withReplicas(
  spec: ServiceSpec,
  count: number,
): ServiceSpec | { readonly refusal: string } {
  const mode = spec.Mode ?? { Replicated: {} };
  if (mode.Replicated) {
    if ((mode.Replicated.Replicas ?? 1) === count) return spec;
    return { ...spec, Mode: { Replicated: { ...mode.Replicated, Replicas: count } } };
  }
  if (mode.ReplicatedJob) {
    return { ...spec, Mode: { ReplicatedJob: { ...mode.ReplicatedJob, TotalCompletions: count } } };
  }
  return { refusal: 'a global service runs on every node that fits and has no number to scale' };
}

/** The spec whose tasks are all replaced although nothing else changes. */
export function withForcedUpdate(spec: ServiceSpec): ServiceSpec {
  const { TaskTemplate: template } = spec;
  return { ...spec, TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 } };
}
