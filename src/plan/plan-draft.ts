import type { ServiceSpec } from '../swarm/service.ts';
import {
  isWrite,
  type Operation,
  type OperationKind,
  type Plan,
  type PlanNote,
  type Refusal,
} from './plan.ts';

/** When operations run: all of a lower wave are done before the next begins. */
export const WAVE = {
  removeFirst: 0,
  network: 1,
  secret: 2,
  config: 3,
  /** Removals without which a new service could not be created. */
  freePorts: 4,
  /** Of services that wait for no other; what waits for them comes in the waves after it. */
  service: 5,
  /** Or later: after all services; what others depend on goes in the waves after it. */
  remove: 6,
} as const;

const WAVE_OF_KIND: Readonly<Record<OperationKind, number>> = {
  'network-create': WAVE.network,
  'network-keep': WAVE.network,
  'secret-create': WAVE.secret,
  'secret-update': WAVE.secret,
  'secret-verify': WAVE.secret,
  'secret-keep': WAVE.secret,
  'config-create': WAVE.config,
  'config-update': WAVE.config,
  'config-keep': WAVE.config,
  'service-create': WAVE.service,
  'service-update': WAVE.service,
  'service-keep': WAVE.service,
  'service-remove': WAVE.remove,
};

/** An operation without what the draft fills in. */
type DraftOperation = Operation extends infer One
  ? One extends Operation
    ? Omit<One, 'id' | 'wave' | 'dependsOn' | 'changes' | 'waitsFor'> &
        Partial<Pick<One, 'changes' | 'waitsFor'>>
    : never
  : never;

/** One operation and what it needs. */
interface Entry {
  readonly operation: DraftOperation;
  readonly wave: number;
  readonly needs: readonly string[];
}

/** Collects a plan while it is being made; numbers and orders it in the end. */
export class PlanDraft {
  readonly #stack: string;
  readonly #entries: Entry[] = [];
  readonly #notes = new Map<string, PlanNote>();
  readonly #refusals: Refusal[] = [];

  constructor(stack: string) {
    this.#stack = stack;
  }

  /** @param needs - keys of the operations that must be done before */
  add(operation: DraftOperation, needs: readonly string[] = [], wave?: number): void {
    this.#entries.push({ operation, needs, wave: wave ?? WAVE_OF_KIND[operation.kind] });
  }

  /** Notes that are equal are said once. */
  note(notes: readonly PlanNote[]): void {
    for (const one of notes) this.#notes.set(`${one.code} ${one.message}`, one);
  }

  refuse(refusal: Refusal | undefined): void {
    if (refusal) this.#refusals.push(refusal);
  }

  /** Keys of the objects a service refers to. */
  writesFor(spec: ServiceSpec): readonly string[] {
    const { ContainerSpec, Networks = [] } = spec.TaskTemplate;
    return [
      ...Networks.map((one) => `network ${one.Target}`),
      ...(ContainerSpec?.Secrets ?? []).map((one) => `secret ${one.SecretName}`),
      ...(ContainerSpec?.Configs ?? []).map((one) => `config ${one.ConfigName}`),
    ];
  }

  /** Keys of all services that are written. */
  serviceWrites(): readonly string[] {
    return this.#entries
      .filter(({ operation }) => WAVE_OF_KIND[operation.kind] === WAVE.service)
      .map(({ operation }) => keyOf(operation));
  }

  finish(known: Pick<Plan, 'ids' | 'networkNames'>): Plan {
    const lastOthers = this.#entries.map((one) => (isLast(one) ? WAVE.service : one.wave));
    const last = Math.max(WAVE.remove, ...lastOthers.map((wave) => wave + 1));
    const ordered = this.#entries
      .map((entry, index) => ({
        ...entry,
        index,
        wave: isLast(entry) ? last + entry.wave - WAVE.remove : entry.wave,
      }))
      .sort((a, b) => a.wave - b.wave || a.index - b.index);
    const writes = new Map(
      ordered.flatMap(({ operation }, index) =>
        isWrite(operation.kind) ? [[keyOf(operation), index + 1] as const] : [],
      ),
    );
    const operations = ordered.map(({ operation, wave, needs }, index) => {
      const before = needs.map((key) => writes.get(key)).filter((id) => id !== undefined);
      const dependsOn = [...new Set(before)].sort((a, b) => a - b);
      return { changes: [], waitsFor: [], ...operation, id: index + 1, wave, dependsOn };
    });
    return {
      stack: this.#stack,
      operations,
      notes: [...this.#notes.values()],
      refusals: this.#refusals,
      ...known,
    };
  }
}

/** Whether an operation comes after all services. */
function isLast({ operation, wave }: Entry): boolean {
  return operation.kind === 'service-remove' && wave >= WAVE.remove;
}

function keyOf(operation: Pick<Operation, 'kind' | 'name'>): string {
  return `${operation.kind.split('-')[0]} ${operation.name}`;
}
