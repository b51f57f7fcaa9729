import { readOrEmpty, socketInodes } from './listeners.ts';
import type { MarkedProcess } from './process-table.ts';

/**
 * The process that has a socket on a local port, among those given.
 * @source proc(5), /proc/net/udp
 */
export function findSocketOwner(
  port: number,
  protocol: 'tcp' | 'udp',
  among: readonly MarkedProcess[],
): MarkedProcess | undefined {
  const inodes = new Set(
    [protocol, `${protocol}6`].flatMap((name) =>
      inodesOnPort(readOrEmpty(`/proc/net/${name}`), port),
    ),
  );
  if (inodes.size === 0) return undefined;
  return among.find(({ pid }) => socketInodes(pid).some((one) => inodes.has(one)));
}

/** The sockets of a /proc/net table that are bound to a port, in whatever state. Pure. */
export function inodesOnPort(table: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[1]?.endsWith(wanted) && fields[9] !== undefined ? [fields[9]] : [];
  });
}
