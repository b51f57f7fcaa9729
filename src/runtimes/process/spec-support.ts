import type { Assignment } from '../../orchestrator/agent/executor.ts';
import type { ContainerSpec } from '../../swarm/service.ts';
import { parseSignal } from '../stop-signal.ts';
import type { ProgramPaths } from './programs.ts';

/** What this machine lets the runtime do. */
export interface Abilities {
  /** Can give a task mounts of its own. */
  readonly hasOwnView: boolean;
  /** Runs as root. */
  readonly isRoot: boolean;
  /** Own user id. */
  readonly uid: number;
  readonly programs: ProgramPaths;
  /** Why limits of CPU, memory and processes cannot be kept; undefined when they can. */
  readonly noCgroups: string | undefined;
}

type Rule = (spec: ContainerSpec, abilities: Abilities) => string | undefined;

const has = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;

const needs = (
  isWanted: boolean,
  what: string,
  program: 'setpriv' | 'prlimit' | 'choom',
  abilities: Abilities,
): string | undefined =>
  isWanted && abilities.programs[program] === undefined
    ? `${what} needs the program ${program} (package util-linux)`
    : undefined;

const ENGINE = 'it needs the container runtime';

/** What cannot be honoured at all, and would change what the service is. In order of the spec. */
const REFUSALS: readonly Rule[] = [
  ({ User }, { isRoot, uid }) =>
    User && !isRoot && User !== String(uid)
      ? `user "${User}" cannot be honoured: only a daemon that root runs can start tasks as another user`
      : undefined,
  ({ Groups }, { isRoot }) =>
    has(Groups) && !isRoot
      ? 'group_add cannot be honoured: only a daemon that root runs can give groups to tasks'
      : undefined,
  (spec, abilities) =>
    needs(Boolean(spec.User) || has(spec.Groups), 'a user', 'setpriv', abilities),
  (spec, abilities) =>
    needs(
      has(spec.CapabilityDrop) || spec.Privileges?.NoNewPrivileges === true,
      'cap_drop or no-new-privileges',
      'setpriv',
      abilities,
    ),
  (spec, abilities) => needs(has(spec.Ulimits), 'ulimits', 'prlimit', abilities),
  (spec, abilities) => needs(Boolean(spec.OomScoreAdj), 'oom_score_adj', 'choom', abilities),
  ({ ReadOnly }) =>
    ReadOnly === true ? `read_only is not possible for a process: ${ENGINE}` : undefined,
  ({ Sysctls }) =>
    has(Object.keys(Sysctls ?? {}))
      ? `sysctls would change the whole machine for a process: ${ENGINE}`
      : undefined,
  ({ Privileges }) =>
    Privileges?.CredentialSpec
      ? `credential_spec is not possible for a process: ${ENGINE}`
      : undefined,
  ({ CapabilityAdd }, { isRoot }) =>
    has(CapabilityAdd) && !isRoot
      ? 'cap_add cannot be honoured: only a daemon that root runs can give capabilities to tasks'
      : undefined,
  ({ Mounts }, { hasOwnView }) => {
    const one = Mounts?.find(
      (mount) => mount.Type !== 'bind' || mount.Source !== mount.Target || mount.ReadOnly === true,
    );
    if (!one || hasOwnView) return undefined;
    return (
      `the mount at ${one.Target} is not possible: only a daemon that root runs can give a process ` +
      'a file system view of its own; bind a path to itself, or use the container runtime'
    );
  },
  ({ Mounts }) => {
    const one = Mounts?.find(({ Type }) => !['bind', 'volume', 'tmpfs'].includes(Type));
    return one && `a mount of type ${one.Type} is not possible for a process: ${ENGINE}`;
  },
  ({ Mounts }) => {
    const driver = Mounts?.map((one) => one.VolumeOptions?.DriverConfig?.Name).find(
      (name) => name !== undefined && name !== '' && name !== 'local',
    );
    return driver === undefined
      ? undefined
      : `the volume driver ${driver} is not possible for a process: ${ENGINE}`;
  },
];

/** What is not honoured, and changes little: said once in the task's log. */
const NOTES: readonly Rule[] = [
  ({ Secrets, Configs }, { hasOwnView }) =>
    (has(Secrets) || has(Configs)) && !hasOwnView
      ? 'secrets and configs are not at their targets, which takes a daemon that root runs: ' +
        'they are in $TSTACK_SECRETS_DIR and $TSTACK_CONFIGS_DIR'
      : undefined,
  ({ TTY }) => (TTY === true ? 'tty is not honoured: a process has no terminal' : undefined),
  ({ OpenStdin }) =>
    OpenStdin === true ? 'stdin_open is not honoured: its input is empty' : undefined,
  ({ DNSConfig }) =>
    has(DNSConfig?.Nameservers) || has(DNSConfig?.Search) || has(DNSConfig?.Options)
      ? "dns is not honoured: a process uses the machine's resolver"
      : undefined,
  ({ Hosts }) =>
    has(Hosts) ? "extra_hosts is not honoured: a process uses the machine's /etc/hosts" : undefined,
  ({ Privileges }) =>
    Privileges?.SELinuxContext || Privileges?.Seccomp || Privileges?.AppArmor
      ? 'security_opt is not honoured but for no-new-privileges: a process is not confined'
      : undefined,
];

/**
 * Checks that a task can be run as a process on this machine.
 * @throws Error with every reason why it cannot
 */
export function assertSupported(assignment: Assignment, abilities: Abilities): void {
  const { container, service, task } = assignment;
  const reasons = REFUSALS.flatMap((rule) => rule(container, abilities) ?? []);
  if (!has(container.Command) && !has(container.Args)) {
    const name = service?.Spec.Name ?? task.ServiceAnnotations.Name;
    reasons.unshift(
      `service ${name} has no command: the process runtime runs "entrypoint" and "command" on this ` +
        `machine, its image "${container.Image ?? ''}" is only a name`,
    );
  }
  if (container.StopSignal && parseSignal(container.StopSignal) === undefined) {
    reasons.push(`invalid signal: ${container.StopSignal}`);
  }
  if (reasons.length > 0) throw new Error(reasons.join('; '));
}

/** What of a task's spec is not kept here, in sentences for its log. May be empty. */
export function unsupportedNotes(assignment: Assignment, abilities: Abilities): readonly string[] {
  const notes = NOTES.flatMap((rule) => rule(assignment.container, abilities) ?? []);
  const limits = assignment.task.Spec.Resources?.Limits ?? {};
  const wanted = (
    [
      ['cpus', limits.NanoCPUs],
      ['memory', limits.MemoryBytes],
      ['pids', limits.Pids],
    ] as const
  ).flatMap(([name, value]) => (value ? name : []));
  if (wanted.length > 0 && abilities.noCgroups !== undefined) {
    notes.push(`limits of ${wanted.join(', ')} are not enforced: ${abilities.noCgroups}`);
  }
  return notes;
}
