import { parseBytes } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import type { LogicalNodeRequest } from '../../server/routes/logical-nodes.ts';
import type { NodeAvailability, NodeRole } from '../../swarm/node.ts';
import { parseNanoCpus } from '../../swarm/nano-cpus.ts';
import type { Context } from '../context.ts';
import { parseLabels } from '../node-changes.ts';
import { openDaemonApi } from './daemon-api.ts';

export interface NewNodeFlags {
  readonly role: NodeRole;
  readonly availability: NodeAvailability;
  readonly label: readonly string[];
  readonly cpus: string | undefined;
  readonly memory: string | undefined;
}

/** The request for a new node. @throws UsageError */
export function toNodeRequest(
  hostname: string | undefined,
  flags: NewNodeFlags,
): LogicalNodeRequest {
  const Resources = {
    ...(flags.cpus !== undefined && { NanoCPUs: nanoCpus(flags.cpus) }),
    ...(flags.memory !== undefined && { MemoryBytes: memoryBytes(flags.memory) }),
  };
  return {
    ...(hostname !== undefined && { Hostname: hostname }),
    Role: flags.role,
    Availability: flags.availability,
    Labels: parseLabels(flags.label),
    ...(Object.keys(Resources).length > 0 && { Resources }),
  };
}

/** Adds logical nodes; without names, one with the next free name. @returns their ids */
export async function addNodes(
  names: readonly string[],
  flags: NewNodeFlags,
  context: Context,
): Promise<readonly string[]> {
  const requests = (names.length === 0 ? [undefined] : names).map((name) =>
    toNodeRequest(name, flags),
  );
  const api = await openDaemonApi(context);
  try {
    const ids: string[] = [];
    for (const request of requests) {
      const { ID } = (await api.send('POST', '/nodes', request)) as { readonly ID: string };
      ids.push(ID);
    }
    return ids;
  } finally {
    api.close();
  }
}

/** Lets logical nodes fail, or come back. */
export async function actOnNodes(
  names: readonly string[],
  act: 'fail' | 'recover',
  context: Context,
): Promise<void> {
  const api = await openDaemonApi(context);
  try {
    for (const name of names) {
      await api.send('POST', `/nodes/${encodeURIComponent(name)}/${act}`);
      context.stdout.write(`${name}\n`);
    }
  } finally {
    api.close();
  }
}

function nanoCpus(text: string): number {
  const parsed = parseNanoCpus(text);
  if (parsed.kind === 'ok' && parsed.nanoCpus > 0) return parsed.nanoCpus;
  throw new UsageError(`invalid number of CPUs: ${JSON.stringify(text)}`, 'Say 2 or 0.5.');
}

function memoryBytes(text: string): number {
  const parsed = parseBytes(text);
  if (parsed.kind === 'ok' && parsed.bytes > 0) return parsed.bytes;
  throw new UsageError(`invalid amount of memory: ${JSON.stringify(text)}`, 'Say 4G or 512M.');
}
