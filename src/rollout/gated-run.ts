import type { Operation } from '../plan/plan.ts';
import type { Gate } from '../plan/service-order.ts';
import type { Emit } from './events.ts';
import { describeGate, gateState } from './gates.ts';
import type { Settled } from './run-bounded.ts';
import type { WatchTarget } from './service-watch.ts';
import type { RolloutWatch } from './watch-rollout.ts';

/** A write that was left out, since what it waits for did not get so far. */
export interface NotBegun {
  readonly operation: Operation;
  readonly because: string;
  readonly outcome: 'failed' | 'timed-out';
}

/** What became of the services of a plan. */
export interface GatedOutcome {
  readonly settled: readonly Settled<Operation>[];
  readonly notBegun: readonly NotBegun[];
}

interface GatedWork {
  /** Operations in flight at once. */
  readonly limit: number;
  /** Gives the id of the service. */
  readonly work: (operation: Operation) => Promise<string>;
  readonly stopsAll: (error: unknown) => boolean;
  /** Looks at what was begun; undefined keeps the order and waits for nothing. */
  readonly watch: RolloutWatch | undefined;
  readonly emit: Emit;
}

/**
 * Carries out the service operations of a plan in the order of `depends_on`: each as soon as the
 * services it waits for have got so far, whatever the others do.
 *
 * Never rejects. A service that fails keeps back only what depends on it. After a write that failed
 * nothing more is waited for.
 */
export async function runGated(
  operations: readonly Operation[],
  work: GatedWork,
): Promise<GatedOutcome> {
  return new GatedRun(operations, work).run();
}

class GatedRun {
  readonly #work: GatedWork;
  readonly #names: readonly string[];
  /** Not begun yet, in order of the plan. */
  readonly #waiting: Set<Operation>;
  readonly #running = new Set<Promise<void>>();
  readonly #settled = new Map<Operation, Settled<Operation>>();
  readonly #notBegun: NotBegun[] = [];
  /** Services whose operation is not done, by name. */
  readonly #undone: Map<string, 'open' | 'failed' | 'left-out'>;
  readonly #said = new Set<Operation>();
  #hasFailed = false;
  #isStopped = false;

  constructor(operations: readonly Operation[], work: GatedWork) {
    this.#work = work;
    this.#names = operations.map((one) => one.name);
    this.#waiting = new Set(operations);
    this.#undone = new Map(operations.map((one) => [one.name, 'open']));
  }

  async run(): Promise<GatedOutcome> {
    for (;;) {
      this.#beginReady();
      if (this.#running.size > 0) await Promise.race(this.#running);
      else if (this.#waiting.size === 0 || this.#hasFailed) break;
      else await this.#wait();
    }
    for (const item of this.#waiting) this.#settled.set(item, { item, status: 'skipped' });
    return { settled: [...this.#settled.values()], notBegun: this.#notBegun };
  }

  #beginReady(): void {
    for (const operation of this.#waiting) {
      if (this.#isStopped || this.#running.size >= this.#work.limit) return;
      const verdict = this.#judge(operation);
      if (verdict === 'begin') this.#begin(operation);
      else if (verdict !== 'wait') this.#leaveOut(operation, verdict.because, 'failed');
    }
  }

  #judge(operation: Operation): 'begin' | 'wait' | { readonly because: string } {
    let isReady = true;
    for (const gate of operation.waitsFor) {
      const before = this.#undone.get(gate.service);
      if (before === 'open') isReady = false;
      else if (before !== undefined) {
        // A write that failed ends the run; what was left out keeps back what needs it.
        if (before === 'failed') isReady = false;
        else if (gate.isRequired) return { because: `${gate.service} was not begun` };
      } else {
        const state = this.#stateOf(gate);
        if (state.kind === 'broken') return { because: state.reason };
        if (state.kind === 'closed') isReady = false;
      }
    }
    return isReady ? 'begin' : 'wait';
  }

  #stateOf(gate: Gate): ReturnType<typeof gateState> {
    const { watch } = this.#work;
    if (!watch) return { kind: 'open' };
    const view = watch.state.views.find((one) => one.service === gate.service);
    return gateState(gate, view);
  }

  #begin(operation: Operation): void {
    this.#waiting.delete(operation);
    if (this.#said.delete(operation)) this.#say(operation, 'open');
    const { work, stopsAll, watch } = this.#work;
    const run = async (): Promise<void> => {
      try {
        const id = await work(operation);
        this.#settled.set(operation, { item: operation, status: 'done' });
        this.#undone.delete(operation.name);
        const target = toWatchTarget(operation, id);
        if (target) watch?.add([target]);
      } catch (error) {
        this.#fail(operation, error);
        this.#isStopped ||= stopsAll(error);
      }
    };
    const running = run().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #fail(operation: Operation, error: unknown): void {
    this.#settled.set(operation, { item: operation, status: 'failed', error });
    this.#undone.set(operation.name, 'failed');
    this.#hasFailed = true;
  }

  /** One look at the services that others wait for, and a pause when nothing came of it. */
  async #wait(): Promise<void> {
    const { watch } = this.#work;
    const [first] = this.#waiting;
    if (!watch || !first) {
      this.#hasFailed = true;
      return;
    }
    watch.announce([...new Set(this.#names)]);
    for (const operation of this.#waiting) {
      if (this.#said.has(operation)) continue;
      this.#said.add(operation);
      this.#say(operation, 'waiting');
    }
    try {
      const { wakeAt } = await watch.look();
      if ([...this.#waiting].some((one) => this.#judge(one) !== 'wait')) return;
      if (watch.isOverdue) this.#giveUp();
      else await watch.pause(wakeAt);
    } catch (error) {
      this.#waiting.delete(first);
      this.#fail(first, error);
    }
  }

  #giveUp(): void {
    for (const operation of this.#waiting) {
      const [gate] = operation.waitsFor.filter((one) => this.#stateOf(one).kind !== 'open');
      const because = gate
        ? `the time was up waiting for ${describeGate(gate)}`
        : 'the time was up';
      this.#leaveOut(operation, because, 'timed-out');
    }
  }

  #leaveOut(operation: Operation, because: string, outcome: NotBegun['outcome']): void {
    this.#waiting.delete(operation);
    this.#undone.set(operation.name, 'left-out');
    this.#notBegun.push({ operation, because, outcome });
    this.#work.emit({
      type: 'gate',
      service: operation.name,
      status: 'left-out',
      waitsFor: gatesOf(operation),
      reason: because,
    });
  }

  #say(operation: Operation, status: 'waiting' | 'open'): void {
    const waitsFor = gatesOf(operation);
    this.#work.emit({ type: 'gate', service: operation.name, status, waitsFor });
  }
}

function gatesOf({ waitsFor }: Operation): readonly Pick<Gate, 'service' | 'condition'>[] {
  return waitsFor.map(({ service, condition }) => ({ service, condition }));
}

const CHANGES = {
  'service-create': 'created',
  'service-update': 'updated',
  'service-keep': 'kept',
} as const;

/** What to watch of an operation that is done; undefined when it leaves nothing to watch. */
export function toWatchTarget(
  { kind, name }: Operation,
  serviceId: string,
): WatchTarget | undefined {
  if (!(kind in CHANGES)) return undefined;
  return { name, serviceId, change: CHANGES[kind as keyof typeof CHANGES] };
}

/** What an operation writes or keeps of a service, so that others can wait for it. */
export function isServiceStage({ kind }: Operation): boolean {
  return kind in CHANGES;
}
