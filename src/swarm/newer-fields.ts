import { isSameMessage } from './same-message.ts';
import type { ContainerSpec, Mount, ServiceSpec, TaskSpec } from './service.ts';

/** Names are those of the API; `since` is the minor version: 44 for 1.44. */
type Field = readonly [since: number, name: string, drop: (spec: ServiceSpec) => ServiceSpec];

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
  [46, 'OomScoreAdj', inContainer(without<ContainerSpec>('OomScoreAdj'))],
  [
    46,
    'TmpfsOptions.Options',
    inContainer((container) =>
      container.Mounts
        ? { ...container, Mounts: container.Mounts.map(withoutTmpfsOptions) }
        : container,
    ),
  ],
  [
    44,
    'Privileges.Seccomp, AppArmor, NoNewPrivileges',
    inContainer((container) => {
      const { Privileges } = container;
      const keep = without<NonNullable<typeof Privileges>>(
        'Seccomp',
        'AppArmor',
        'NoNewPrivileges',
      );
      return Privileges ? { ...container, Privileges: keep(Privileges) } : container;
    }),
  ],
  [
    44,
    'Healthcheck.StartInterval',
    inContainer((container) => {
      const { Healthcheck } = container;
      const keep = without<NonNullable<typeof Healthcheck>>('StartInterval');
      return Healthcheck ? { ...container, Healthcheck: keep(Healthcheck) } : container;
    }),
  ],
  [
    41,
    'CapabilityAdd, CapabilityDrop, Ulimits',
    inContainer(without<ContainerSpec>('CapabilityAdd', 'CapabilityDrop', 'Ulimits')),
  ],
  [
    41,
    'Mode.ReplicatedJob, GlobalJob',
    (spec) => {
      if (!spec.Mode) return spec;
      const { ReplicatedJob: _job, GlobalJob: _global, ...Mode } = spec.Mode;
      return { ...spec, Mode };
    },
  ],
  [
    41,
    'Limits.Pids',
    inTask((task) => {
      const { Limits } = task.Resources ?? {};
      if (!Limits) return task;
      const { Pids: _pids, ...rest } = Limits;
      return { ...task, Resources: { ...task.Resources, Limits: rest } };
    }),
  ],
  [40, 'Sysctls', inContainer(without<ContainerSpec>('Sysctls'))],
  [
    40,
    'Placement.MaxReplicas',
    inTask((task) => {
      if (!task.Placement) return task;
      const { MaxReplicas: _max, ...Placement } = task.Placement;
      return { ...task, Placement };
    }),
  ],
];

/**
 * A spec as a client or an engine of that API version can mean it: what came later is dropped.
 * @param version - such as `1.43`
 * @source spec/engine-api.md section 16
 */
export function withoutNewerFields(spec: ServiceSpec, version: string): ServiceSpec {
  return fieldsSince(version).reduce((kept, [, , drop]) => drop(kept), spec);
}

/** What of a spec an engine of that API version drops, in the words of the API, with their version. */
export function newerFields(
  spec: ServiceSpec,
  version: string,
): readonly { readonly name: string; readonly since: string }[] {
  return fieldsSince(version)
    .filter(([, , drop]) => !isSameMessage(drop(spec), spec))
    .map(([since, name]) => ({ name, since: `1.${since}` }));
}

function fieldsSince(version: string): readonly Field[] {
  const minor = Number(version.split('.')[1] ?? 0);
  return FIELDS.filter(([since]) => minor < since);
}
