import { EngineError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import type { CallOptions, EngineClient } from '../engine/client.ts';
import type { Config } from '../swarm/config.ts';
import type { ConfigId } from '../swarm/object.ts';
import {
  LABEL_RELEASE_LOCK,
  LABEL_RELEASE_PART,
  LABEL_RELEASE_RECORD,
  LABEL_RELEASE_STACK,
} from '../swarm/release-labels.ts';
import { packRecord, unpackRecord } from './pack-record.ts';
import type { ReleaseStore, StoreContent, StoredLock } from './release-store.ts';

const LOCK_RECORD = 'lock';

/** A config must hold something: "lock". */
const LOCK_DATA = 'bG9jaw==';

/**
 * Keeps records as configs of the cluster, so that whoever manages it sees the same history.
 *
 * A record is gzip in parts; the first part is written last, and a record without all parts does not
 * exist. Names of configs are unique, which makes a lock of one config; taking over a lock removes
 * the old one by its id, so of two who try only one can succeed.
 * @param options - its signal ends reads and writes, not the removal of a lock
 */
export function openClusterStore(
  engine: EngineClient,
  stack: string,
  options: CallOptions = {},
): ReleaseStore {
  const { configs } = engine;
  const prefix = namePrefix(stack);
  const filters = { label: [`${LABEL_RELEASE_STACK}=${stack}`] };
  const removePart = (id: ConfigId, call: CallOptions): Promise<void> =>
    ignoring('not-found', configs.remove(id, call));
  return {
    kind: 'cluster',
    read: async () => toContent(await configs.list({ filters }, options)),
    async write({ name, text }) {
      const parts = packRecord(text);
      for (let at = parts.length; at >= 1; at -= 1) {
        const labels = {
          [LABEL_RELEASE_STACK]: stack,
          [LABEL_RELEASE_RECORD]: name,
          [LABEL_RELEASE_PART]: `${at}/${parts.length}`,
        };
        const Data = parts[at - 1] ?? '';
        await configs.create({ Name: `${prefix}-${name}-${at}`, Labels: labels, Data }, options);
      }
    },
    async remove(name) {
      const all = await configs.list({ filters }, options);
      const parts = all.filter((one) => one.Spec.Labels?.[LABEL_RELEASE_RECORD] === name);
      // Without its first part a record is gone at once.
      const ordered = parts.toSorted((a, b) => partOf(a).at - partOf(b).at);
      for (const part of ordered) await removePart(part.ID, options);
    },
    async createLock(text, over) {
      if (over) await removePart(over.handle as ConfigId, options);
      const Labels = lockLabels(stack, text);
      try {
        const { id } = await configs.create(
          { Name: `${prefix}-${LOCK_RECORD}`, Labels, Data: LOCK_DATA },
          options,
        );
        return { text, handle: id };
      } catch (error) {
        if (error instanceof EngineError && error.kind === 'conflict') return undefined;
        throw error;
      }
    },
    async renewLock(lock, text) {
      const found = await ignoring('not-found', configs.inspect(lock.handle, options));
      if (!found) return undefined;
      const spec = { ...found.Spec, Labels: lockLabels(stack, text) };
      const version = found.Version.Index;
      const done = configs.update(found.ID, spec, { version, ...options }).then(() => true);
      return (await ignoring('not-found', done)) === true ? { ...lock, text } : undefined;
    },
    removeLock: (lock) => removePart(lock.handle as ConfigId, {}),
  };
}

function lockLabels(stack: string, text: string): Record<string, string> {
  return {
    [LABEL_RELEASE_STACK]: stack,
    [LABEL_RELEASE_RECORD]: LOCK_RECORD,
    [LABEL_RELEASE_LOCK]: text,
  };
}

/** Names of configs have at most 64 characters, and not all that a stack's name may have. */
function namePrefix(stack: string): string {
  const readable = stack.replaceAll(/[^A-Za-z0-9]/g, '-').slice(0, 24);
  return `tstack-${readable}-${sha256Hex(stack).slice(0, 8)}`;
}

function toContent(configs: readonly Config[]): StoreContent {
  const records = new Map<string, string>();
  const byRecord = new Map<string, Config[]>();
  let lock: StoredLock | undefined;
  for (const config of configs) {
    const labels = config.Spec.Labels ?? {};
    const name = labels[LABEL_RELEASE_RECORD] ?? '';
    const text = labels[LABEL_RELEASE_LOCK];
    if (name === LOCK_RECORD && text !== undefined) lock = { text, handle: config.ID };
    else byRecord.set(name, [...(byRecord.get(name) ?? []), config]);
  }
  for (const [name, parts] of byRecord) {
    const text = textOf(parts);
    if (text !== undefined) records.set(name, text);
  }
  return { records, lock };
}

function textOf(configs: readonly Config[]): string | undefined {
  const parts = configs.toSorted((a, b) => partOf(a).at - partOf(b).at);
  const isWhole = parts.every((one, index) => {
    const { at, count } = partOf(one);
    return at === index + 1 && count === parts.length;
  });
  return isWhole ? unpackRecord(parts.map((one) => one.Spec.Data ?? '')) : undefined;
}

function partOf({ Spec }: Config): { readonly at: number; readonly count: number } {
  const [at = 0, count = 0] = (Spec.Labels?.[LABEL_RELEASE_PART] ?? '').split('/').map(Number);
  return { at, count };
}

async function ignoring<T>(kind: EngineError['kind'], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineError && error.kind === kind) return undefined;
    throw error;
  }
}
