import type { EngineClient } from '../engine/client.ts';
import { openClusterStore } from './cluster-store.ts';
import type { ReleaseStore, StoreContent } from './release-store.ts';

/** Where history is kept: in the cluster, on this machine, nowhere. */
export type HistorySetting = 'cluster' | 'local' | 'off';

/** A store, and what it held when it was opened. */
export interface OpenedStore {
  readonly store: ReleaseStore;
  readonly content: StoreContent;
}

/**
 * Finds the store of a stack. Reads only.
 *
 * A stack with records in the cluster keeps them there, whatever this machine is set to: two histories
 * of one stack would both be wrong. One list call, and one for the cluster's id.
 * @param openFiles - opens the files of this machine for a cluster and a stack
 * @returns undefined when nothing is to be kept
 * @throws EngineError, UserError
 */
export async function openReleaseStore(
  stack: string,
  setting: HistorySetting,
  ports: {
    readonly engine: EngineClient;
    readonly signal?: AbortSignal | undefined;
    readonly openFiles: (cluster: string, stack: string) => Promise<ReleaseStore>;
  },
): Promise<OpenedStore | undefined> {
  if (setting === 'off') return undefined;
  const { engine, signal, openFiles } = ports;
  const inCluster = openClusterStore(engine, stack, { signal });
  const [content, info] = await Promise.all([inCluster.read(), engine.info({ signal })]);
  if (setting === 'cluster' || content.records.size > 0 || content.lock) {
    return { store: inCluster, content };
  }
  const store = await openFiles(info.Swarm?.Cluster?.ID ?? engine.endpoint, stack);
  return { store, content: await store.read() };
}
