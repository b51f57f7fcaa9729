import { formatDuration } from '../base/duration.ts';
import type { ContainerSpec, Healthcheck, Privileges, TaskSpec } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { filled, mapWithout, set, unless, written, type Part } from './part.ts';

/**
 * The keys of a service that say what its containers are.
 *
 * What a key cannot say exactly is left out; the comparison in adopt-stack.ts finds it.
 * @source spec/stack-file.md section 8, the other way
 */
export function containerKeys(container: ContainerSpec, task: TaskSpec): Part {
  const { DNSConfig: dns = {}, LogDriver: log } = { ...container, ...task };
  return {
    cap_add: filled(container.CapabilityAdd),
    cap_drop: filled(container.CapabilityDrop),
    command: filled(container.Args),
    entrypoint: filled(container.Command),
    dns: filled(dns.Nameservers),
    dns_search: filled(dns.Search),
    dns_opt: filled(dns.Options),
    environment: environmentOf(container.Env ?? []),
    extra_hosts: filled(container.Hosts?.map(toExtraHost)),
    group_add: filled(container.Groups),
    hostname: set(container.Hostname),
    healthcheck: container.Healthcheck && healthcheckOf(container.Healthcheck),
    init: container.Init ?? undefined,
    isolation: unless(container.Isolation, 'default'),
    labels: mapWithout(container.Labels, [LABEL_NAMESPACE]),
    logging: log && {
      ...written({ driver: set(log.Name), options: mapWithout(log.Options) }),
    },
    oom_score_adj: set(container.OomScoreAdj),
    read_only: set(container.ReadOnly),
    security_opt: filled(securityOptions(container.Privileges ?? {})),
    stdin_open: set(container.OpenStdin),
    stop_grace_period:
      container.StopGracePeriod === undefined || container.StopGracePeriod === null
        ? undefined
        : formatDuration(container.StopGracePeriod),
    stop_signal: set(container.StopSignal),
    sysctls: mapWithout(container.Sysctls),
    tty: set(container.TTY),
    ulimits: ulimitsOf(container),
    user: set(container.User),
    working_dir: set(container.Dir),
  };
}

/** A variable without a value would be filled from the shell of who deploys the file. */
function environmentOf(lines: readonly string[]): Part['environment'] {
  if (lines.length === 0 || lines.some((line) => !/^[^=]+=/.test(line))) return undefined;
  const pairs = lines.map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** `address host` → `host=address`; the sign keeps addresses with colons whole. */
function toExtraHost(line: string): string {
  const at = line.indexOf(' ');
  return `${line.slice(at + 1)}=${line.slice(0, at)}`;
}

function healthcheckOf(check: Healthcheck): Part['healthcheck'] {
  if (check.Test?.[0] === 'NONE') return { disable: true };
  const { Interval, Timeout, StartPeriod, StartInterval } = check;
  return {
    ...written({
      test: filled(check.Test),
      interval: Interval ? formatDuration(Interval) : undefined,
      timeout: Timeout ? formatDuration(Timeout) : undefined,
      retries: set(check.Retries),
      start_period: StartPeriod ? formatDuration(StartPeriod) : undefined,
      start_interval: StartInterval ? formatDuration(StartInterval) : undefined,
    }),
  };
}

function ulimitsOf({ Ulimits }: ContainerSpec): Part['ulimits'] {
  if (!Ulimits || Ulimits.length === 0) return undefined;
  // docker's printer of files drops zeros, and `config` prints as it does.
  if (Ulimits.some(({ Soft, Hard }) => !Soft || !Hard)) return undefined;
  const pairs = Ulimits.map(({ Name, Soft, Hard }) => [
    Name,
    Soft === Hard ? Soft : { soft: Soft, hard: Hard },
  ]);
  return Object.fromEntries(pairs) as Part['ulimits'];
}

function securityOptions({
  NoNewPrivileges,
  Seccomp,
  AppArmor,
  SELinuxContext,
}: Privileges): readonly string[] {
  const label = SELinuxContext ?? {};
  const labels = (['User', 'Role', 'Type', 'Level'] as const).flatMap((part) =>
    label[part] ? [`label=${part.toLowerCase()}:${label[part]}`] : [],
  );
  return [
    ...(NoNewPrivileges === true ? ['no-new-privileges:true'] : []),
    ...(Seccomp?.Mode === 'unconfined' ? ['seccomp=unconfined'] : []),
    ...(Seccomp?.Mode === 'default' ? ['seccomp=builtin'] : []),
    ...(AppArmor?.Mode === 'disabled' ? ['apparmor=unconfined'] : []),
    ...(AppArmor?.Mode === 'default' ? ['apparmor=docker-default'] : []),
    ...(label.Disable === true ? ['label=disable'] : []),
    ...labels,
  ];
}
