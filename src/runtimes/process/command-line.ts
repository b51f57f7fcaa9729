import type { ContainerSpec, Ulimit } from '../../swarm/service.ts';
import type { Account } from './accounts.ts';
import { isShellName } from './environment.ts';
import { mountArgv, type TaskMount } from './mounts.ts';
import type { ProgramPaths } from './programs.ts';

export interface CommandLineFacts {
  readonly container: ContainerSpec;
  /** Absent: as the daemon. */
  readonly account: Account | undefined;
  readonly mounts: readonly TaskMount[];
  readonly programs: ProgramPaths;
  readonly environment: ReadonlyMap<string, string>;
}

/**
 * The argv of a task: its entrypoint and command behind the programs that set it up. Each does one
 * thing and becomes the next, so that the task's first process is its own.
 */
export function taskArgv(facts: CommandLineFacts): readonly string[] {
  const { container, mounts, programs } = facts;
  return [
    ...mountArgv(mounts, programs),
    ...wrapperArgv(facts),
    ...(container.Command ?? []),
    ...(container.Args ?? []),
  ];
}

/** The programs that set up what runs beside the task too: its health checks. */
export function wrapperArgv(facts: CommandLineFacts): readonly string[] {
  const { container, account, programs, environment } = facts;
  return [
    ...ulimitArgv(container.Ulimits ?? [], programs),
    ...(container.OomScoreAdj
      ? [programs.choom ?? '', '-n', String(container.OomScoreAdj), '--']
      : []),
    ...privilegeArgv(container, account, programs),
    ...oddlyNamed(environment, programs),
  ];
}

function ulimitArgv(ulimits: readonly Ulimit[], programs: ProgramPaths): readonly string[] {
  if (ulimits.length === 0) return [];
  const limit = (value: number): string => (value < 0 ? 'unlimited' : String(value));
  const options = ulimits.map((one) => `--${one.Name}=${limit(one.Soft)}:${limit(one.Hard)}`);
  return [programs.prlimit ?? '', ...options, '--'];
}

function privilegeArgv(
  container: ContainerSpec,
  account: Account | undefined,
  programs: ProgramPaths,
): readonly string[] {
  const options: string[] = [];
  if (container.Privileges?.NoNewPrivileges === true) options.push('--no-new-privs');
  const dropped = (container.CapabilityDrop ?? []).map(
    (name) => `-${name.toLowerCase().replace(/^cap_/, '')}`,
  );
  if (dropped.length > 0) {
    options.push(`--bounding-set=${dropped.join(',')}`, `--inh-caps=${dropped.join(',')}`);
  }
  if (account) {
    options.push(`--reuid=${account.uid}`, `--regid=${account.gid}`);
    const groups = account.groups ?? [];
    options.push(groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups');
  }
  return options.length === 0 ? [] : [programs.setpriv ?? '', ...options, '--'];
}

/** Shells drop variables whose names are not theirs; `env` does not. */
function oddlyNamed(
  environment: ReadonlyMap<string, string>,
  programs: ProgramPaths,
): readonly string[] {
  const odd = [...environment].filter(([name]) => !isShellName(name));
  return odd.length === 0 ? [] : [programs.env, ...odd.map(([name, value]) => `${name}=${value}`)];
}
