import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';
import type { Filter } from './filter.ts';
import { onNodes } from './filter.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Nodes with the reserved CPU, memory and generic resources free. @source swarmkit manager/scheduler/filter.go ResourceFilter */
export const resources: Filter = {
  name: 'resources',
  applies: ({ reservation }) =>
    reservation.nanoCpus > 0 || reservation.memoryBytes > 0 || reservation.generic.length > 0,
  accepts: ({ reservation }, node) =>
    node.freeNanoCpus >= reservation.nanoCpus &&
    node.freeMemoryBytes >= reservation.memoryBytes &&
    reservation.generic.every((need) => node.freeGeneric(need.kind) >= need.count),
  explain: (nodeCount) => onNodes('insufficient resources', nodeCount),
  shortfall: (request, node) => shortfalls(request, node).join('; '),
};

function shortfalls({ reservation }: PlacementRequest, node: NodeInfo): string[] {
  const lacks: string[] = [];
  if (node.freeNanoCpus < reservation.nanoCpus) {
    const free = formatCpus(Math.max(0, node.freeNanoCpus));
    lacks.push(`needs ${countCpus(reservation.nanoCpus)}, ${free} free`);
  }
  if (node.freeMemoryBytes < reservation.memoryBytes) {
    const free = formatMemory(Math.max(0, node.freeMemoryBytes));
    lacks.push(`needs ${formatMemory(reservation.memoryBytes)} of memory, ${free} free`);
  }
  for (const { kind, count } of reservation.generic) {
    const free = node.freeGeneric(kind);
    if (free >= count) continue;
    lacks.push(
      count === Infinity
        ? `asks for ${kind} by name; only counts can be reserved`
        : `needs ${count} ${kind}, ${Math.max(0, free)} free`,
    );
  }
  return lacks;
}

function formatCpus(nanoCpus: number): string {
  return String(Number((nanoCpus / 1e9).toFixed(3)));
}

function countCpus(nanoCpus: number): string {
  return nanoCpus === 1e9 ? '1 CPU' : `${formatCpus(nanoCpus)} CPUs`;
}

function formatMemory(bytes: number): string {
  if (bytes >= GIB) return `${Number((bytes / GIB).toFixed(2))} GiB`;
  if (bytes >= MIB) return `${Number((bytes / MIB).toFixed(1))} MiB`;
  return `${bytes} bytes`;
}
