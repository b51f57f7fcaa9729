import type { ServiceSpec } from './service.ts';

/**
 * Service label that says whose the number of tasks is: `live` keeps what the cluster has (an
 * autoscaler's, or that of `scale`), the files' number is for the first deploy.
 */
export const LABEL_REPLICAS = 'io.tstack.replicas';

/** Whether the number of tasks belongs to the cluster. */
export function hasLiveReplicas({ Labels }: Pick<ServiceSpec, 'Labels'>): boolean {
  return Labels !== undefined && Object.hasOwn(Labels, LABEL_REPLICAS)
    ? Labels[LABEL_REPLICAS] === 'live'
    : false;
}

/** The spec with the number that the cluster has, when it is the cluster's. */
export function withLiveReplicas(
  spec: ServiceSpec,
  stored: Pick<ServiceSpec, 'Mode'>,
): ServiceSpec {
  const live = stored.Mode?.Replicated?.Replicas;
  const declared = spec.Mode?.Replicated;
  if (!declared || live === undefined || live === declared.Replicas || !hasLiveReplicas(spec)) {
    return spec;
  }
  return { ...spec, Mode: { Replicated: { ...declared, Replicas: live } } };
}
