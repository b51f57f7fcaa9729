import { compareStrings } from '../../base/compare.ts';
import { EXIT_CODE, UserError } from '../../base/errors.ts';
import type { EngineClient, LogQuery, LogRecord } from '../../engine/client.ts';
import type { Service } from '../../swarm/service.ts';
import { descopeName, LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import type { LogSubject, NamedRecord } from './log-text.ts';

/** Records held to be put in order; what is beyond comes in batches of so many. */
const MAX_HELD = 100_000;

/** Which logs of a stack. */
export interface StackLogQuery extends LogQuery {
  /** As in the file or with the stack's name; empty means all. */
  readonly services: readonly string[];
  /** Not after, ms since 1970; only without `follow`. */
  readonly untilMs?: number | undefined;
}

/** Where records and troubles go. */
export interface LogSink {
  readonly write: (record: NamedRecord) => void;
  /** A log that could not be read to its end. */
  readonly complain: (service: string, error: unknown) => void;
  /** A log that ended although it was to be followed. */
  readonly end: (service: string) => void;
}

/** What a stack's services and tasks are called. */
export class LogNames {
  readonly #engine: EngineClient;
  readonly #stack: string;
  readonly #signal: AbortSignal | undefined;
  readonly #services: readonly Service[];
  #tasks = new Map<string, LogSubject>();
  readonly #looked = new Set<string>();

  constructor(
    engine: EngineClient,
    services: readonly Service[],
    { stack, signal }: { readonly stack: string; readonly signal: AbortSignal | undefined },
  ) {
    this.#engine = engine;
    this.#services = services;
    this.#stack = stack;
    this.#signal = signal;
  }

  /** Every subject known by now. */
  get subjects(): readonly LogSubject[] {
    return [...this.#tasks.values()];
  }

  /** Reads the names of all tasks there are, those that ended too. */
  async read(): Promise<void> {
    const filters = { label: [`${LABEL_NAMESPACE}=${this.#stack}`] };
    const call = { signal: this.#signal };
    const [tasks, nodes] = await Promise.all([
      this.#engine.tasks.list({ filters }, call),
      this.#engine.nodes.list({}, call),
    ]);
    const hosts = new Map<string, string>(
      nodes.map(({ ID, Description }) => [ID, Description.Hostname || ID]),
    );
    const names = new Map<string, string>(this.#services.map(({ ID, Spec }) => [ID, Spec.Name]));
    this.#tasks = new Map(
      tasks.map(({ ID, ServiceID, Slot, NodeID = '' }) => {
        const service = names.get(ServiceID) ?? '';
        const node = hosts.get(NodeID) ?? NodeID;
        const place = Slot === undefined ? node : String(Slot);
        const task = `${descopeName(this.#stack, service)}.${place}`;
        return [ID, { service, task, node: Slot === undefined ? '' : node }];
      }),
    );
  }

  /** Looks again, once, for a task that came later. */
  async of(record: LogRecord, service: Service): Promise<LogSubject> {
    const { taskId } = record;
    if (!this.#tasks.has(taskId) && !this.#looked.has(taskId)) {
      this.#looked.add(taskId);
      // Without names its id will do; an interruption ends the log itself.
      await this.read().catch(() => undefined);
    }
    const unknown = { service: service.Spec.Name, task: taskId.slice(0, 12), node: record.nodeId };
    return this.#tasks.get(taskId) ?? unknown;
  }
}

/**
 * The services of a stack whose logs are wanted, by name.
 * @throws UserError when the stack or one of the services is not there
 */
export async function chooseServices(
  engine: EngineClient,
  stack: string,
  { services: wanted, signal }: Pick<StackLogQuery, 'services' | 'signal'>,
): Promise<readonly Service[]> {
  const filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const found = await engine.services.list({ filters }, { signal });
  if (found.length === 0) {
    throw new UserError(`nothing found in stack: ${stack}`, {
      code: 'nothing-found',
      exitCode: EXIT_CODE.failed,
      hint: "Run 'tstack ls' for the stacks of this cluster.",
    });
  }
  const sorted = [...found].sort((a, b) => compareStrings(a.Spec.Name, b.Spec.Name));
  const keyOf = ({ Spec }: Service): string => descopeName(stack, Spec.Name);
  const missing = wanted.filter(
    (name) => !sorted.some((one) => one.Spec.Name === name || keyOf(one) === name),
  );
  if (missing.length > 0) {
    throw new UserError(`stack ${stack} has no service ${missing.join(', ')}`, {
      code: 'nothing-found',
      exitCode: EXIT_CODE.failed,
      hint: `It has ${sorted.map(keyOf).join(', ')}.`,
    });
  }
  if (wanted.length === 0) return sorted;
  return sorted.filter((one) => wanted.includes(one.Spec.Name) || wanted.includes(keyOf(one)));
}

/**
 * Reads the logs of services at once: as they come when they are followed, else in order of time.
 * @returns whether every log was read to its end
 * @throws what the reading of names throws, and an interruption
 */
export async function readStackLogs(
  services: readonly Service[],
  query: StackLogQuery,
  {
    engine,
    names,
    sink,
  }: { readonly engine: EngineClient; readonly names: LogNames; readonly sink: LogSink },
): Promise<boolean> {
  const book = new RecordBook(query.follow === true, sink);
  const results = await Promise.all(
    services.map(async (service) => {
      const hasTerminal = service.Spec.TaskTemplate.ContainerSpec?.TTY === true;
      try {
        for await (const record of engine.services.logs(service.ID, { ...query, hasTerminal })) {
          if (Date.parse(record.timestamp) > (query.untilMs ?? Infinity)) continue;
          book.add({ ...record, ...(await names.of(record, service)) });
        }
        if (query.follow === true) sink.end(service.Spec.Name);
        return true;
      } catch (error) {
        query.signal?.throwIfAborted();
        sink.complain(service.Spec.Name, error);
        return false;
      }
    }),
  );
  book.flush();
  return results.every(Boolean);
}

/** Puts records in order of time, as far as they are held. */
class RecordBook {
  readonly #isFollowing: boolean;
  readonly #sink: LogSink;
  #held: NamedRecord[] = [];

  constructor(isFollowing: boolean, sink: LogSink) {
    this.#isFollowing = isFollowing;
    this.#sink = sink;
  }

  add(record: NamedRecord): void {
    if (this.#isFollowing) this.#sink.write(record);
    else if (this.#held.push(record) >= MAX_HELD) this.flush();
  }

  flush(): void {
    // A stable sort: lines of one task keep their order.
    const sorted = this.#held.sort((a, b) => compareStrings(a.timestamp, b.timestamp));
    this.#held = [];
    for (const record of sorted) this.#sink.write(record);
  }
}
