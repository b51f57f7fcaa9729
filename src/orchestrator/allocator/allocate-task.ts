import type { NetworkId } from '../../swarm/object.ts';
import type { NetworkAttachment, StoredNetwork, StoredTask } from '../store/stored-object.ts';
import { isNodeLocal, type NetworkBooks } from './network-books.ts';

/** What giving a task its addresses led to. */
export type TaskAllocation =
  | { readonly kind: 'allocated'; readonly attachments: readonly NetworkAttachment[] }
  | { readonly kind: 'refused'; readonly network: NetworkId; readonly reason: string };

/**
 * Gives a task one address on each of its service's networks, taken in the books.
 * @param networks - in the order of attachment, all allocated
 * @source swarmkit manager/allocator/network.go (allocateTask); spec/orchestrator.md section 9
 */
export function allocateTask(
  networks: readonly StoredNetwork[],
  books: NetworkBooks,
): TaskAllocation {
  const attachments: NetworkAttachment[] = [];
  for (const Network of networks) {
    if (isNodeLocal(Network)) {
      attachments.push({ Network });
      continue;
    }
    const address = books.allocateAddress(Network.ID);
    if (address === undefined) {
      releaseAttachments(attachments, books);
      const reason = `no address is free on network ${Network.Spec.Name}`;
      return { kind: 'refused', network: Network.ID, reason };
    }
    attachments.push({ Network, Addresses: [address] });
  }
  return { kind: 'allocated', attachments };
}

/** Frees the addresses of a task that ended or is gone. */
export function releaseAttachments(
  attachments: StoredTask['NetworksAttachments'],
  books: NetworkBooks,
): void {
  for (const { Network, Addresses } of attachments ?? []) {
    for (const address of Addresses ?? []) books.releaseAddress(Network.ID, address);
  }
}
