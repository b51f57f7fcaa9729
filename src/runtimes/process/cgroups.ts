import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceLimits } from '../../swarm/service.ts';

/** Control groups that keep tasks within their limits. */
export interface Cgroups {
  /** Why there are none; undefined when there are. */
  readonly unavailable: string | undefined;
  /**
   * Makes a task's groups with its limits.
   * @returns the `cgroup.procs` files that its processes are to join; empty without limits
   */
  create(name: string, limits: ResourceLimits): readonly string[];
  /** Removes a task's groups; false while processes are still in one. */
  remove(name: string): boolean;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

/** One group to make: its directory, and what is written to its files. */
interface Group {
  readonly directory: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Version 1 keeps one tree per controller, version 2 one for all. @source cgroups(7) */
type Layout = 'v1' | 'v2';

/**
 * The machine's control groups, under `tstack/<cluster>`.
 * @param cluster - names the subtree, so that two clusters of one machine do not meet
 */
export function createCgroups(cluster: string, isRoot: boolean): Cgroups {
  const layout = findLayout();
  const unavailable = isRoot
    ? layout === undefined
      ? 'this machine has no control groups for memory, cpu and pids'
      : undefined
    : 'control groups need a daemon that root runs';
  const groupsOf = (name: string, limits: ResourceLimits): readonly Group[] =>
    layout === 'v2'
      ? unifiedGroup(join('tstack', cluster, name), limits)
      : groupPerController(join('tstack', cluster, name), limits);
  return {
    unavailable,
    create(name, limits) {
      if (unavailable !== undefined || !hasLimits(limits)) return [];
      if (layout === 'v2') enableControllers(cluster);
      return groupsOf(name, limits).map(({ directory, files }) => {
        mkdirSync(directory, { recursive: true });
        for (const [file, text] of Object.entries(files))
          writeFileSync(join(directory, file), text);
        return join(directory, 'cgroup.procs');
      });
    },
    remove(name) {
      if (unavailable !== undefined) return true;
      const everything = { NanoCPUs: 1, MemoryBytes: 1, Pids: 1 };
      return groupsOf(name, everything)
        .map(({ directory }) => removeGroup(directory))
        .every(Boolean);
    },
  };
}

function findLayout(): Layout | undefined {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) {
    const controllers = readFileSync(join(ROOT, 'cgroup.controllers'), 'utf8').split(/\s/);
    return ['memory', 'cpu', 'pids'].every((one) => controllers.includes(one)) ? 'v2' : undefined;
  }
  const hasTrees = ['memory', 'cpu', 'pids'].every((one) => existsSync(join(ROOT, one, 'tasks')));
  return hasTrees ? 'v1' : undefined;
}

function hasLimits({ NanoCPUs, MemoryBytes, Pids }: ResourceLimits): boolean {
  return Boolean(NanoCPUs) || Boolean(MemoryBytes) || Boolean(Pids);
}

function quotaUs(nanoCpus: number): number {
  return Math.max(1000, Math.round((nanoCpus * PERIOD_US) / 1e9));
}

function groupPerController(path: string, limits: ResourceLimits): readonly Group[] {
  const { NanoCPUs, MemoryBytes, Pids } = limits;
  const group = (controller: string, files: Group['files']): Group => ({
    directory: join(ROOT, controller, path),
    files,
  });
  return [
    ...(MemoryBytes ? [group('memory', { 'memory.limit_in_bytes': String(MemoryBytes) })] : []),
    ...(NanoCPUs
      ? [
          group('cpu', {
            'cpu.cfs_period_us': String(PERIOD_US),
            'cpu.cfs_quota_us': String(quotaUs(NanoCPUs)),
          }),
        ]
      : []),
    // A negative number of processes means: as many as they like. @source Engine API, Limit.Pids
    ...(Pids ? [group('pids', { 'pids.max': Pids < 0 ? 'max' : String(Pids) })] : []),
  ];
}

function unifiedGroup(path: string, limits: ResourceLimits): readonly Group[] {
  const { NanoCPUs, MemoryBytes, Pids } = limits;
  const files = {
    ...(MemoryBytes && { 'memory.max': String(MemoryBytes), 'memory.swap.max': '0' }),
    ...(NanoCPUs && { 'cpu.max': `${quotaUs(NanoCPUs)} ${PERIOD_US}` }),
    ...(Pids && { 'pids.max': Pids < 0 ? 'max' : String(Pids) }),
  };
  return [{ directory: join(ROOT, path), files }];
}

/** A controller works in a group when each group above passes it on. */
function enableControllers(cluster: string): void {
  let directory = ROOT;
  for (const name of ['', 'tstack', cluster]) {
    directory = join(directory, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'cgroup.subtree_control'), '+memory +cpu +pids');
  }
}

function removeGroup(directory: string): boolean {
  if (!existsSync(directory)) return true;
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false;
    throw error;
  }
}
