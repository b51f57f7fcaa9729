import type { ReleaseStore, StoredLock } from '../../src/release/release-store.ts';

/** A ReleaseStore in memory; `content` is what lies in it. */
export class MemoryStore implements ReleaseStore {
  readonly kind: ReleaseStore['kind'] = 'local';
  readonly records = new Map<string, string>();
  lock: StoredLock | undefined;
  #locks = 0;

  async read(): ReturnType<ReleaseStore['read']> {
    return { records: new Map(this.records), lock: this.lock };
  }

  async write({ name, text }: Parameters<ReleaseStore['write']>[0]): Promise<void> {
    if (this.records.has(name)) throw new Error(`record ${name} is there already`);
    this.records.set(name, text);
  }

  async remove(name: string): Promise<void> {
    this.records.delete(name);
  }

  async createLock(text: string, over: StoredLock | undefined): Promise<StoredLock | undefined> {
    if (this.lock?.handle !== over?.handle) return undefined;
    this.#locks += 1;
    this.lock = { text, handle: String(this.#locks) };
    return this.lock;
  }

  async renewLock(lock: StoredLock, text: string): Promise<StoredLock | undefined> {
    if (this.lock?.handle !== lock.handle) return undefined;
    this.lock = { ...lock, text };
    return this.lock;
  }

  async removeLock(lock: StoredLock): Promise<void> {
    if (this.lock?.handle === lock.handle) this.lock = undefined;
  }
}
