import type { ContainerSpec, Mount, ServiceSpec, TaskSpec } from '../../swarm/service.ts';
import { isBelow, type ApiVersion } from '../api-version.ts';

type Field = readonly [since: `1.${number}`, drop: (spec: ServiceSpec) => ServiceSpec];

const inTask =
  (change: (task: TaskSpec) => TaskSpec) =>
  (spec: ServiceSpec): ServiceSpec => ({ ...spec, TaskTemplate: change(spec.TaskTemplate ?? {}) });

const inContainer = (change: (container: ContainerSpec) => ContainerSpec) =>
  inTask((task) =>
    task.ContainerSpec ? { ...task, ContainerSpec: change(task.ContainerSpec) } : task,
  );

const without =
  <T extends object>(...keys: readonly (keyof T)[]) =>
  (value: T): T =>
    Object.fromEntries(
      Object.entries(value).filter(([key]) => !keys.includes(key as keyof T)),
    ) as T;

const withoutTmpfsOptions = (mount: Mount): Mount =>
  mount.TmpfsOptions
    ? { ...mount, TmpfsOptions: without<typeof mount.TmpfsOptions>('Options')(mount.TmpfsOptions) }
    : mount;

/** Fields of a service spec, and the API version that brought them. */
const FIELDS: readonly Field[] = [
  ['1.46', inContainer(without<ContainerSpec>('OomScoreAdj'))],
  [
    '1.46',
    inContainer((container) =>
      container.Mounts
        ? { ...container, Mounts: container.Mounts.map(withoutTmpfsOptions) }
        : container,
    ),
  ],
  [
    '1.44',
    inContainer((container) => {
      const { Privileges, Healthcheck } = container;
      return {
        ...container,
        ...(Privileges && {
          Privileges: without<typeof Privileges>(
            'Seccomp',
            'AppArmor',
            'NoNewPrivileges',
          )(Privileges),
        }),
        ...(Healthcheck && {
          Healthcheck: without<typeof Healthcheck>('StartInterval')(Healthcheck),
        }),
      };
    }),
  ],
  ['1.41', inContainer(without<ContainerSpec>('CapabilityAdd', 'CapabilityDrop', 'Ulimits'))],
  [
    '1.41',
    (spec) => {
      if (!spec.Mode) return spec;
      const { ReplicatedJob: _job, GlobalJob: _global, ...Mode } = spec.Mode;
      return { ...spec, Mode };
    },
  ],
  [
    '1.41',
    inTask((task) => {
      const { Limits } = task.Resources ?? {};
      if (!Limits) return task;
      const { Pids: _pids, ...rest } = Limits;
      return { ...task, Resources: { ...task.Resources, Limits: rest } };
    }),
  ],
  ['1.40', inContainer(without<ContainerSpec>('Sysctls'))],
  [
    '1.40',
    inTask((task) => {
      if (!task.Placement) return task;
      const { MaxReplicas: _max, ...Placement } = task.Placement;
      return { ...task, Placement };
    }),
  ],
];

/**
 * A spec as a client of that API version can mean it: what came later is dropped.
 * @source spec/engine-api.md section 16
 */
export function withoutNewerFields(spec: ServiceSpec, version: ApiVersion): ServiceSpec {
  return FIELDS.filter(([since]) => isBelow(version, since)).reduce(
    (kept, [, drop]) => drop(kept),
    spec,
  );
}
