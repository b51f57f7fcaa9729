import { sleepUntil, toInstant, type Clock } from '../../base/clock.ts';
import type { ContainerEngine } from '../../engine/containers.ts';
import { LABEL } from './container-config.ts';

/** Pause before the events are asked for again, ms. */
const RETRY_MS = 1000;

/**
 * Tells when something happened to a container. One stream for all of them.
 *
 * After the stream broke everything counts as changed: whoever waits looks again.
 */
export class ContainerEvents {
  readonly #engine: ContainerEngine;
  readonly #clock: Clock;
  readonly #cluster: string;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stop = new AbortController();
  #ready: Promise<void> | undefined;

  constructor(engine: ContainerEngine, clock: Clock, cluster: string) {
    this.#engine = engine;
    this.#clock = clock;
    this.#cluster = cluster;
  }

  /** Resolves when events are listened to. */
  listen(): Promise<void> {
    this.#ready ??= this.#begin();
    return this.#ready;
  }

  /**
   * A promise for the next change of a container; to be taken before the container is looked at, and
   * given up with the returned function.
   */
  next(id: string): { readonly changed: Promise<void>; readonly cancel: () => void } {
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    let tell = (): void => undefined;
    const changed = new Promise<void>((resolve) => {
      tell = resolve;
    });
    waiting.add(tell);
    const cancel = (): void => {
      waiting.delete(tell);
      if (waiting.size === 0) this.#waiting.delete(id);
    };
    return { changed, cancel };
  }

  close(): void {
    this.#stop.abort();
  }

  #begin(): Promise<void> {
    return new Promise((resolve) => {
      this.#run(resolve).catch(() => undefined);
    });
  }

  async #run(isListening: () => void): Promise<void> {
    const { signal } = this.#stop;
    const filters = { type: ['container'], label: [`${LABEL.cluster}=${this.#cluster}`] };
    while (!signal.aborted) {
      try {
        const events = await this.#engine.events(filters, signal);
        isListening();
        this.#wakeAll();
        for await (const event of events) this.#wake(event.Actor.ID);
      } catch {
        // An engine that restarts; its containers are looked at again below.
      }
      this.#wakeAll();
      await sleepUntil(this.#clock, toInstant(this.#clock.now() + RETRY_MS), signal);
    }
  }

  #wake(id: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const tell of waiting ?? []) tell();
  }

  #wakeAll(): void {
    for (const id of this.#waiting.keys()) this.#wake(id);
  }
}
