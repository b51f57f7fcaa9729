import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerSpec } from '../../swarm/service.ts';
import { placeOfFile, targetInContainer, type FilePlaces } from '../task-files.ts';
import type { TaskMount } from './mounts.ts';

const RESOLVER = '/etc/resolv.conf';

/** The mounts that put a task's secrets and configs where a container would have them. Pure. */
export function planFiles(
  { Secrets = [], Configs = [] }: ContainerSpec,
  places: FilePlaces,
): readonly TaskMount[] {
  const files = [
    ...Secrets.map(({ File }) => ({ kind: 'secret' as const, name: File?.Name })),
    ...Configs.map(({ File }) => ({ kind: 'config' as const, name: File?.Name })),
  ];
  return files.flatMap(({ kind, name }) =>
    name === undefined
      ? []
      : {
          kind: 'file' as const,
          source: placeOfFile(places, kind, name),
          target: targetInContainer(kind, name),
        },
  );
}

/**
 * A resolv.conf of the task's own: the cluster's names first, then the machine's servers.
 * @returns the mount that puts it in place; none on a machine without resolv.conf
 */
export function writeResolver(places: FilePlaces, server: string): readonly TaskMount[] {
  if (!existsSync(RESOLVER)) return [];
  const source = join(places.root, 'resolv.conf');
  rmSync(source, { force: true });
  const text = toResolver(readFileSync(RESOLVER, 'utf8'), server);
  writeFileSync(source, text, { mode: 0o400, flag: 'wx' });
  // Whoever the task runs as reads it, whatever the daemon's umask.
  chmodSync(source, 0o444);
  return [{ kind: 'file', source, target: RESOLVER }];
}

/** glibc asks three servers at most. @source resolv.conf(5) */
const MAX_SERVERS = 3;

/**
 * The cluster's server refuses names that are not its own, and resolvers then ask the next one, so
 * the machine's names work as before, also while no daemon runs. Pure.
 * @source resolv.conf(5); moby libnetwork sandbox_dns_unix.go (ndots:0)
 */
export function toResolver(machines: string, server: string): string {
  const lines = machines.split('\n').map((line) => line.trim());
  const servers = lines.filter((line) => /^nameserver\s/.test(line));
  const others = lines.filter((line) => /^(?:search|domain|options|sortlist)\s/.test(line));
  const own = [`nameserver ${server}`, ...servers].slice(0, MAX_SERVERS);
  return [...own, ...others, 'options ndots:0', ''].join('\n');
}
