import type { Commit } from './commit.ts';
import { CommitEncoder, LogReplay, type LogRecord } from './log-record.ts';
import type { Persistence, SavedState } from './persistence.ts';

/**
 * Keeps the log as JSON lines in memory: what a disk would hold.
 *
 * Acknowledges at once, unless `holdAcknowledgements`; then as many lines as `acknowledge` says,
 * and `crash` forgets the rest, which is what a power cut does.
 */
export class MemoryPersistence implements Persistence {
  #lines: string[];
  readonly #waiting: { readonly line: string; readonly done: () => void }[] = [];
  readonly #isHolding: boolean;
  #encoder = new CommitEncoder();

  constructor(
    options: { readonly lines?: readonly string[]; readonly holdAcknowledgements?: boolean } = {},
  ) {
    this.#lines = [...(options.lines ?? [])];
    this.#isHolding = options.holdAcknowledgements === true;
  }

  /** The log on "disk", oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  load(): Promise<SavedState | undefined> {
    const replay = new LogReplay();
    for (const line of this.#lines) replay.apply(JSON.parse(line) as LogRecord);
    const { state, encoder } = replay.finish();
    this.#encoder = encoder;
    return Promise.resolve(this.#lines.length === 0 ? undefined : state);
  }

  append(commit: Commit, done: () => void): void {
    const line = JSON.stringify(this.#encoder.encode(commit));
    this.#waiting.push({ line, done });
    if (!this.#isHolding) this.acknowledge(1);
  }

  /** Puts the oldest waiting commits on "disk". */
  acknowledge(count: number): void {
    for (const { line, done } of this.#waiting.splice(0, count)) {
      this.#lines.push(line);
      done();
    }
  }

  /** Replaces the log by a snapshot. */
  compact(): void {
    const replay = new LogReplay();
    for (const line of this.#lines) replay.apply(JSON.parse(line) as LogRecord);
    this.#lines = [JSON.stringify(replay.toRecord())];
  }

  /** What is left after a power cut now: the acknowledged lines. */
  crash(): MemoryPersistence {
    return new MemoryPersistence({ lines: this.#lines });
  }
}
