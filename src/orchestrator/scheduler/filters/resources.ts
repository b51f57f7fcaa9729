import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';
import type { Filter } from './filter.ts';
import { nameOfNode, onNodes } from './filter.ts';

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
  shortfall: (request, node) => lacking(request, node).map(toText).join('; '),
  remedy: (request, node) => {
    const lacks = lacking(request, node);
    const beyond = lacks.filter(({ needed, total }) => needed > total);
    if (beyond.length > 0) {
      const most = beyond.map(({ what, total, format }) => `${format(total)} ${what}`);
      return `reserve no more than ${nameOfNode(node)} has (${most.join(', ')}), or add a larger node`;
    }
    const parts = lacks.map(({ what, needed, free, format }) => `${format(needed - free)} ${what}`);
    return `free ${parts.join(' and ')} on ${nameOfNode(node)}, or reserve less`;
  },
};

/** One resource of which a node has too little. */
interface Lack {
  /** `CPUs`, `memory`, or the kind of a generic resource. */
  readonly what: string;
  readonly needed: number;
  readonly free: number;
  readonly total: number;
  readonly format: (amount: number) => string;
}

function lacking({ reservation }: PlacementRequest, node: NodeInfo): readonly Lack[] {
  const { nanoCpus, memoryBytes, generic } = reservation;
  const { facts } = node;
  const amounts = [
    {
      what: 'CPUs',
      needed: nanoCpus,
      free: node.freeNanoCpus,
      total: facts.nanoCpus,
      format: formatCpus,
    },
    {
      what: 'memory',
      needed: memoryBytes,
      free: node.freeMemoryBytes,
      total: facts.memoryBytes,
      format: formatMemory,
    },
    ...generic.map(({ kind, count }) => ({
      what: kind,
      needed: count,
      free: node.freeGeneric(kind),
      total: facts.stock.get(kind)?.total ?? 0,
      format: String,
    })),
  ];
  return amounts.filter(({ needed, free }) => free < needed);
}

function toText({ what, needed, free, total, format }: Lack): string {
  if (needed === Infinity) return `${what}: asked for by name; only counts can be reserved`;
  const left = format(Math.max(0, free));
  return `${what}: needs ${format(needed)}, ${left} free of ${format(total)} (${format(total - free)} reserved)`;
}

function formatCpus(nanoCpus: number): string {
  return String(Number((nanoCpus / 1e9).toFixed(3)));
}

function formatMemory(bytes: number): string {
  if (bytes >= GIB) return `${Number((bytes / GIB).toFixed(2))} GiB`;
  if (bytes >= MIB) return `${Number((bytes / MIB).toFixed(1))} MiB`;
  return `${bytes} bytes`;
}
