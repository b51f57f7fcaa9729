import type { ContainerCreate } from '../../engine/containers.ts';
import type { Assignment } from '../../orchestrator/agent/executor.ts';
import type { ContainerSpec, Mount, PortConfig, Privileges } from '../../swarm/service.ts';

/** What a container is made of besides its spec. */
export interface ContainerFacts {
  readonly taskName: string;
  /** Of the cluster; all its containers, networks and volumes carry it. */
  readonly cluster: string;
  /** Files on this machine that hold secrets and configs, and where they show. */
  readonly files: readonly { readonly source: string; readonly target: string }[];
  /** Local networks, the first one made at creation; empty: the engine's default. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
}

/** Labels that everything of a cluster carries. */
export const LABEL = {
  cluster: 'io.tstack.cluster',
  network: 'io.tstack.network',
  task: 'com.docker.swarm.task.id',
} as const;

/**
 * The request that makes a task's container. Pure.
 * @source moby daemon/cluster/executor/container/container.go; spec/orchestrator.md 18.4
 */
export function toContainerCreate(assignment: Assignment, facts: ContainerFacts): ContainerCreate {
  const { container } = assignment;
  const ports = portsOf(assignment);
  return {
    Image: container.Image ?? '',
    ...given('Entrypoint', container.Command),
    ...given('Cmd', container.Args),
    ...given('Env', container.Env),
    ...given('Hostname', container.Hostname),
    ...given('WorkingDir', container.Dir),
    ...given('User', container.User),
    ...given('StopSignal', container.StopSignal),
    ...given('Tty', container.TTY),
    ...given('OpenStdin', container.OpenStdin),
    ...given('Healthcheck', container.Healthcheck),
    Labels: labelsOf(assignment, facts),
    ...given('ExposedPorts', Object.fromEntries(ports.map((one) => [portKey(one), {}]))),
    HostConfig: hostConfig(assignment, facts, ports),
    ...given('NetworkingConfig', networkingConfig(facts)),
  };
}

/** A member, if it says anything: absent, empty and zero all mean "as the image has it". */
function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return {};
  }
  const isEmpty = typeof value === 'object' && Object.keys(value).length === 0;
  return isEmpty ? {} : { [name]: value };
}

function labelsOf(
  { container, task, node, service }: Assignment,
  facts: ContainerFacts,
): Readonly<Record<string, string>> {
  return {
    ...container.Labels,
    'com.docker.swarm.task': '',
    [LABEL.task]: task.ID,
    'com.docker.swarm.task.name': facts.taskName,
    'com.docker.swarm.node.id': node.ID,
    'com.docker.swarm.service.id': task.ServiceID,
    'com.docker.swarm.service.name': service?.Spec.Name ?? task.ServiceAnnotations.Name,
    [LABEL.cluster]: facts.cluster,
  };
}

function hostConfig(
  assignment: Assignment,
  facts: ContainerFacts,
  ports: readonly PortConfig[],
): Readonly<Record<string, unknown>> {
  const { container, task } = assignment;
  const limits = task.Spec.Resources?.Limits ?? {};
  const { DNSConfig: dns } = container;
  const [network] = facts.networks;
  return {
    RestartPolicy: { Name: 'no' },
    NetworkMode: network?.name ?? 'bridge',
    ...given('Mounts', [...(container.Mounts ?? []).map(toMount), ...facts.files.map(toFileMount)]),
    ...given('PortBindings', Object.fromEntries(ports.map((one) => [portKey(one), [BINDING]]))),
    ...given('Init', container.Init),
    ...given('ReadonlyRootfs', container.ReadOnly),
    ...given('GroupAdd', container.Groups),
    ...given('ExtraHosts', container.Hosts?.flatMap(toExtraHosts)),
    ...given('Dns', dns?.Nameservers),
    ...given('DnsSearch', dns?.Search),
    ...given('DnsOptions', dns?.Options),
    ...given('Sysctls', container.Sysctls),
    ...given('CapAdd', container.CapabilityAdd),
    ...given('CapDrop', container.CapabilityDrop),
    ...given('Ulimits', container.Ulimits),
    ...given('OomScoreAdj', container.OomScoreAdj),
    ...given('SecurityOpt', securityOptions(container.Privileges)),
    ...given('Isolation', container.Isolation),
    ...given('NanoCpus', limits.NanoCPUs),
    ...given('Memory', limits.MemoryBytes),
    ...given('PidsLimit', limits.Pids),
    ...given('LogConfig', logConfig(task.LogDriver)),
  };
}

function logConfig(driver: Assignment['task']['LogDriver']): unknown {
  return driver?.Name ? { Type: driver.Name, Config: driver.Options ?? {} } : undefined;
}

/** `IP name name …` becomes `name:IP` for each name. */
function toExtraHosts(line: string): readonly string[] {
  const [ip, ...names] = line.trim().split(/\s+/);
  return names.map((name) => `${name}:${ip}`);
}

/** @source Engine API, HostConfig.SecurityOpt */
function securityOptions(privileges: Privileges | null | undefined): readonly string[] {
  const { SELinuxContext: selinux, Seccomp, AppArmor, NoNewPrivileges } = privileges ?? {};
  const labels = (['User', 'Role', 'Type', 'Level'] as const).flatMap((name) =>
    selinux?.[name] ? `label=${name.toLowerCase()}:${selinux[name]}` : [],
  );
  return [
    ...(selinux?.Disable ? ['label=disable'] : []),
    ...labels,
    ...(Seccomp?.Mode === 'unconfined' ? ['seccomp=unconfined'] : []),
    ...(Seccomp?.Mode === 'custom' && Seccomp.Profile
      ? [`seccomp=${Buffer.from(Seccomp.Profile, 'base64').toString('utf8')}`]
      : []),
    ...(AppArmor?.Mode === 'disabled' ? ['apparmor=unconfined'] : []),
    ...(NoNewPrivileges === true ? ['no-new-privileges=true'] : []),
  ];
}

function toMount(mount: Mount): Readonly<Record<string, unknown>> {
  const { Consistency: _, ClusterOptions: __, ...rest } = mount;
  return rest;
}

function toFileMount({ source, target }: ContainerFacts['files'][number]): object {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: true };
}

function networkingConfig({ networks }: ContainerFacts): unknown {
  const [first] = networks;
  if (!first || first.aliases.length === 0) return undefined;
  return { EndpointsConfig: { [first.name]: { Aliases: first.aliases } } };
}

/** The ports that somebody outside is to reach: those the service declares. */
export function portsOf({ task, service }: Assignment): readonly PortConfig[] {
  return task.Endpoint?.Ports ?? service?.Spec.EndpointSpec?.Ports ?? [];
}

/** A port as the Engine API names it: `80/tcp`. */
export function portKey({ TargetPort, Protocol = 'tcp' }: PortConfig): string {
  return `${TargetPort}/${Protocol}`;
}

/** Loopback and any port: the ingress listens for everybody, also for host-mode ports. */
const BINDING = { HostIp: '127.0.0.1', HostPort: '' };

/** Where a secret or config shows. @source spec/orchestrator.md section 20 */
export function targetPath(kind: 'secret' | 'config', name: string): string {
  if (name.startsWith('/')) return name;
  return kind === 'secret' ? `/run/secrets/${name}` : `/${name}`;
}

/** The grace period in whole seconds; docker's default when the spec has none. */
export function graceSeconds({ StopGracePeriod: ns }: ContainerSpec): number {
  return ns === undefined ? 10 : Math.floor(ns / 1e9);
}
