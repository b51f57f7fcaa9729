import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toInstant, VirtualClock } from '../../src/base/clock.ts';
import { createSeededRandom, type Random } from '../../src/base/random.ts';
import { Cluster, PROMPT_TIMINGS, SWARM_TIMINGS } from '../../src/orchestrator/cluster.ts';
import { slotKeyOf, type SlotKey } from '../../src/orchestrator/store/store-view.ts';
import type { Commit } from '../../src/orchestrator/store/commit.ts';
import type { StoredService, StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import { formatTraceLine, Tracer, type TraceEvent } from '../../src/orchestrator/trace.ts';
import { createSimulatedRuntime, type SimulatedRuntime } from '../../src/runtimes/simulated.ts';
import type { SimulatedBehaviour } from '../../src/runtimes/simulated-container.ts';
import type { Nanoseconds, NodeId, ServiceId, TaskId } from '../../src/swarm/object.ts';
import type { RestartPolicy, ServiceMode, ServiceSpec } from '../../src/swarm/service.ts';
import { isTerminal, taskStateRank } from '../../src/swarm/task-state.ts';
import { EPOCH } from '../support/builders.ts';

/** 200 seeds in the quick check; TSTACK_LAW_RUNS for the long one. */
const RUNS = Number(process.env['TSTACK_LAW_RUNS'] ?? 200);

/** For the test runner; a run takes about 50 ms on an idle machine. */
const LIMIT_MS = 60_000 + RUNS * 2000;

const seconds = (count: number): Nanoseconds => (count * 1e9) as Nanoseconds;

/** One thing that a user, or fate, does. */
type Deed =
  | { readonly kind: 'create'; readonly spec: Partial<ServiceSpec> }
  | { readonly kind: 'update'; readonly service: number; readonly image: number }
  | { readonly kind: 'scale'; readonly service: number; readonly replicas: number }
  | { readonly kind: 'remove'; readonly service: number }
  | {
      readonly kind: 'availability';
      readonly node: number;
      readonly word: 'active' | 'pause' | 'drain';
    }
  | { readonly kind: 'fail' | 'return'; readonly node: number }
  | { readonly kind: 'kill'; readonly task: number }
  | { readonly kind: 'restart' };

interface Story {
  readonly seed: number;
  readonly nodes: number;
  readonly patient: boolean;
  readonly deeds: readonly { readonly afterMs: number; readonly deed: Deed }[];
}

const policy: fc.Arbitrary<RestartPolicy> = fc.record(
  {
    Condition: fc.constantFrom('any' as const, 'on-failure' as const, 'none' as const),
    Delay: fc.constantFrom(seconds(0), seconds(5), seconds(5)),
    MaxAttempts: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: [] },
);

const mode: fc.Arbitrary<ServiceMode> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 0, max: 6 }).map((Replicas) => ({ Replicated: { Replicas } })),
  },
  { weight: 1, arbitrary: fc.constant({ Global: {} }) },
  {
    weight: 1,
    arbitrary: fc.constant({ ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 3 } }),
  },
  { weight: 1, arbitrary: fc.constant({ GlobalJob: {} }) },
);

const updateConfig = fc.record(
  {
    Parallelism: fc.integer({ min: 0, max: 3 }),
    Delay: fc.constantFrom(seconds(0), seconds(2)),
    Monitor: fc.constantFrom(seconds(1), seconds(5)),
    FailureAction: fc.constantFrom('pause' as const, 'continue' as const, 'rollback' as const),
    MaxFailureRatio: fc.constantFrom(0, 0.5),
    Order: fc.constantFrom('stop-first' as const, 'start-first' as const),
  },
  { requiredKeys: ['Parallelism'] },
);

const spec: fc.Arbitrary<Partial<ServiceSpec>> = fc
  .record({ mode, policy, updateConfig, cpus: fc.constantFrom(0, 0, 1e9, 3e9), image: fc.nat(5) })
  .map(({ mode: Mode, policy: RestartPolicy, updateConfig: UpdateConfig, cpus, image }) => ({
    Mode,
    ...(!Mode.ReplicatedJob && !Mode.GlobalJob && { UpdateConfig }),
    TaskTemplate: {
      ContainerSpec: { Image: `image:${image}` },
      RestartPolicy,
      ...(cpus > 0 && { Resources: { Reservations: { NanoCPUs: cpus } } }),
    },
  }));

const service = fc.nat(3);
const node = fc.nat(4);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: spec.map((one): Deed => ({ kind: 'create', spec: one })) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('update' as const), service, image: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('scale' as const), service, replicas: fc.nat(8) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), service }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('availability' as const),
      node,
      word: fc.constantFrom('active' as const, 'pause' as const, 'drain' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), node }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), node }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), task: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant<Deed>({ kind: 'restart' }) },
);

const story: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(),
  nodes: fc.integer({ min: 1, max: 5 }),
  patient: fc.boolean(),
  deeds: fc.array(fc.record({ afterMs: fc.constantFrom(0, 0, 1, 50, 700, 3000, 20_000), deed }), {
    minLength: 1,
    maxLength: 14,
  }),
});

/** Images 0 to 2 are good, 3 exits at once with an error, 4 is missing, 5 fails now and then. */
function behaviourOf(image: string, random: Random): SimulatedBehaviour {
  const slow = {
    prepareMs: Math.floor(random.next() * 800),
    startMs: Math.floor(random.next() * 400),
    stopMs: Math.floor(random.next() * 3000),
  };
  if (image === 'image:3') return { ...slow, exitsAfterMs: 10, exitCode: 1 };
  if (image === 'image:4') return { ...slow, rejectedWith: `No such image: ${image}` };
  if (image === 'image:5' && random.next() < 0.5)
    return { ...slow, exitsAfterMs: 900, exitCode: 2 };
  return image === 'image:2' ? { ...slow, exitsAfterMs: 2500 } : slow;
}

/** Plays a story and checks every commit against the laws. */
class Play {
  readonly clock = new VirtualClock(EPOCH);
  readonly #events: TraceEvent[] = [];
  readonly broken: string[] = [];
  readonly #story: Story;
  readonly #random: Random;
  readonly #runtime: SimulatedRuntime;
  readonly #nodes: NodeId[] = [];
  readonly #failed = new Set<NodeId>();
  #cluster: Cluster;
  #commits = 0;

  constructor(told: Story) {
    this.#story = told;
    this.#random = createSeededRandom(told.seed);
    const fate = createSeededRandom(told.seed + 1);
    this.#runtime = createSimulatedRuntime({
      clock: this.clock,
      random: this.#random,
      behaviourOf: ({ task }) => behaviourOf(task.Spec.ContainerSpec?.Image ?? '', fate),
    });
    this.#cluster = this.#begin();
    for (let at = 0; at < told.nodes; at += 1) {
      this.#nodes.push(
        this.#cluster.join({
          role: at === 0 ? 'manager' : 'worker',
          addr: `10.0.0.${at + 1}`,
          description: {
            Hostname: `n${at + 1}`,
            Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 2 ** 30 },
          },
        }),
      );
    }
  }

  get trace(): string {
    return this.#events.map((event) => formatTraceLine(event, EPOCH)).join('\n');
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  run(): void {
    for (const { afterMs, deed: one } of this.#story.deeds) {
      this.#advance(afterMs);
      this.#do(one);
    }
    // Fate relents: every node comes back, and there is time to converge.
    for (const id of this.#nodes) {
      if (this.#failed.has(id)) this.#do({ kind: 'return', node: this.#nodes.indexOf(id) });
      this.#setAvailability(id, 'active');
    }
    this.#advance(120_000);
  }

  #begin(saved?: ReturnType<Cluster['store']['save']>): Cluster {
    const cluster = new Cluster({
      clock: this.clock,
      random: this.#random,
      executor: this.#runtime,
      timings: this.#story.patient ? SWARM_TIMINGS : PROMPT_TIMINGS,
      saved,
    });
    cluster.start();
    const tracer = new Tracer(cluster.store.view);
    cluster.store.watch((commit) => {
      this.#commits += 1;
      this.#events.push(...tracer.events(commit));
      this.#judge(commit);
    });
    return cluster;
  }

  #do(one: Deed): void {
    switch (one.kind) {
      case 'create':
        this.#create(one.spec);
        return;
      case 'update':
        this.#change(one.service, (old) => ({
          ...old,
          TaskTemplate: {
            ...old.TaskTemplate,
            ContainerSpec: { Image: `image:${one.image}` },
          },
        }));
        return;
      case 'scale':
        this.#change(one.service, (old) =>
          old.Mode?.Replicated ? { ...old, Mode: { Replicated: { Replicas: one.replicas } } } : old,
        );
        return;
      case 'remove':
        this.#cluster.store.update('control', (tx) => {
          const found = tx.view.list('service')[one.service];
          if (found) tx.remove('service', found.ID);
        });
        return;
      case 'availability':
        this.#setAvailability(this.#nodes[one.node], one.word);
        return;
      case 'fail':
        this.#fail(this.#nodes[one.node]);
        return;
      case 'return':
        this.#return(this.#nodes[one.node]);
        return;
      case 'kill': {
        const tasks = this.#cluster.store.view.list('task');
        const task = tasks[one.task % Math.max(1, tasks.length)];
        if (task) this.#runtime.containerOf(task.ID)?.kill();
        return;
      }
      case 'restart':
        this.#restart();
    }
  }

  #create(Spec: Partial<ServiceSpec>): void {
    this.#cluster.store.update('control', (tx) => {
      const count = tx.view.count('service');
      if (count >= 4) return;
      const isJob = Spec.Mode?.ReplicatedJob ?? Spec.Mode?.GlobalJob;
      tx.create('service', {
        ID: `service${String(tx.view.version).padStart(18, '0')}` as ServiceId,
        Spec: { Name: `s${tx.view.version}`, TaskTemplate: {}, ...Spec },
        SpecVersion: 0,
        ...(isJob && { JobStatus: { JobIteration: { Index: 0 } } }),
      });
    });
  }

  #change(at: number, change: (old: ServiceSpec) => ServiceSpec): void {
    this.#cluster.store.update('control', (tx) => {
      const found = tx.view.list('service')[at];
      if (!found) return;
      const { UpdateStatus: _, ...rest } = found;
      const iteration = found.JobStatus?.JobIteration.Index;
      tx.update('service', {
        ...rest,
        Spec: change(found.Spec),
        PreviousSpec: found.Spec,
        PreviousSpecVersion: found.SpecVersion,
        SpecVersion: found.Version.Index,
        ...(iteration !== undefined && { JobStatus: { JobIteration: { Index: iteration + 1 } } }),
      });
    });
  }

  #setAvailability(id: NodeId | undefined, Availability: 'active' | 'pause' | 'drain'): void {
    this.#cluster.store.update('control', (tx) => {
      const found = id && tx.view.get('node', id);
      if (found && found.Spec.Availability !== Availability) {
        tx.update('node', { ...found, Spec: { ...found.Spec, Availability } });
      }
    });
  }

  #fail(id: NodeId | undefined): void {
    if (id === undefined || this.#failed.has(id)) return;
    this.#failed.add(id);
    this.#cluster.fail(id);
  }

  #return(id: NodeId | undefined): void {
    if (id === undefined || !this.#failed.delete(id)) return;
    this.#cluster.bringUp(id);
  }

  /** The daemon dies and a new one takes over; containers go on. */
  #restart(): void {
    const saved = this.#cluster.store.save();
    this.#cluster.stop();
    this.#cluster = this.#begin(saved);
    for (const id of this.#nodes) if (!this.#failed.has(id)) this.#cluster.bringUp(id);
  }

  /** Law: no event leads to unbounded work: so many commits per second of virtual time at most. */
  #advance(ms: number): void {
    const until = toInstant(this.clock.now() + ms);
    const limit = this.#commits + 3000 + ms;
    for (let next = this.clock.nextDeadline(); next !== undefined && next <= until;) {
      this.clock.step();
      if (this.#commits > limit) {
        this.broken.push(`more than ${limit} commits: work without end`);
        return;
      }
      next = this.clock.nextDeadline();
    }
    this.clock.advanceTo(until);
  }

  #judge(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind !== 'task' || change.action !== 'update') continue;
      this.#judgeMove(change.old, change.object, commit);
    }
    if (commit.by === 'scheduler') this.#judgeNodes();
    if (commit.by !== 'updater') return;
    for (const one of this.#cluster.store.view.list('service')) this.#judgeService(one);
  }

  /** Law: a task never goes back, and keeps node and slot. */
  #judgeMove(old: StoredTask, task: StoredTask, commit: Commit): void {
    const goesBack =
      taskStateRank(task.Status.State) < taskStateRank(old.Status.State) ||
      taskStateRank(task.DesiredState) < taskStateRank(old.DesiredState);
    if (goesBack) this.broken.push(`task ${task.ID} went back (${commit.by})`);
    if (old.NodeID !== undefined && old.NodeID !== task.NodeID) {
      this.broken.push(`task ${task.ID} changed its node`);
    }
    if (old.Slot !== task.Slot) this.broken.push(`task ${task.ID} changed its slot`);
  }

  /** Law: an update never works on more slots than its parallelism. */
  #judgeService(one: StoredService): void {
    const update = this.#cluster.updates.progress(one.ID);
    if (update && update.underWay > update.parallelism) {
      this.broken.push(
        `${one.Spec.Name}: ${update.underWay} of ${update.parallelism} slots at once`,
      );
    }
  }

  /** Law: no placement exceeds what a node has. */
  #judgeNodes(): void {
    for (const one of this.#cluster.store.view.list('node')) {
      const used = this.#cluster.store.view
        .tasksByNode(one.ID)
        .filter((task) => !isTerminal(task.Status.State) && task.Status.State !== 'new')
        .filter((task) => task.Status.State !== 'pending')
        .reduce((sum, task) => sum + (task.Spec.Resources?.Reservations?.NanoCPUs ?? 0), 0);
      if (used > (one.Description.Resources?.NanoCPUs ?? 0)) {
        this.broken.push(`node ${one.Description.Hostname} is overbooked`);
      }
    }
  }

  /** Law: every run converges or says why not. A restart may be under way at any one moment. */
  unconverged(): readonly string[] {
    let problems = this.#unsettled();
    for (let looks = 1; problems.length > 0 && looks < 10; looks += 1) {
      this.#advance(331);
      problems = this.#unsettled();
    }
    return problems;
  }

  #unsettled(): readonly string[] {
    const { view } = this.#cluster.store;
    return view.list('service').flatMap((one) => {
      const tasks = view.tasksByService(one.ID);
      const bySlot = new Map<SlotKey, StoredTask[]>();
      for (const task of tasks) {
        const key = slotKeyOf(task);
        bySlot.set(key, [...(bySlot.get(key) ?? []), task]);
      }
      const missing = this.#missingSlots(one, bySlot);
      const stuck = [...bySlot.values()].filter((slot) => !isSettled(slot, one));
      return [
        ...(missing > 0 ? [`${one.Spec.Name}: ${missing} slots are empty`] : []),
        ...stuck.map((slot) => `${one.Spec.Name}: ${slot.map(describe).join(', ')}`),
      ];
    });
  }

  #missingSlots(one: StoredService, bySlot: ReadonlyMap<SlotKey, unknown>): number {
    const { Mode } = one.Spec;
    if (Mode?.ReplicatedJob || Mode?.GlobalJob) return 0;
    const wanted = Mode?.Global ? this.#nodes.length : (Mode?.Replicated?.Replicas ?? 1);
    return Math.max(0, wanted - bySlot.size);
  }
}

function describe(task: StoredTask): string {
  return `${task.ID} ${task.Status.State}/${task.DesiredState} ${task.Status.Err ?? ''}`;
}

/**
 * A slot is settled when it runs, was finished, still retries what keeps failing, waits for a node
 * with a reason, or belongs to a paused update.
 */
function isSettled(slot: readonly StoredTask[], one: StoredService): boolean {
  const wanted = slot.filter(
    (task) => taskStateRank(task.DesiredState) <= taskStateRank('complete'),
  );
  if (wanted.length === 0) return slot.every((task) => isTerminal(task.Status.State));
  const isPaused = one.UpdateStatus?.State?.endsWith('paused') === true;
  return wanted.every((task) => {
    const { State, Err } = task.Status;
    if (State === 'running' || State === 'complete') return true;
    if (State === 'pending') return Err !== undefined || task.DesiredState === 'ready';
    const retries = slot.some((former) => isTerminal(former.Status.State));
    return retries || isPaused || one.UpdateStatus?.State === 'updating';
  });
}

function play(told: Story): Play {
  const one = new Play(told);
  one.run();
  return one;
}

test(
  'whatever users and fate do, the laws hold and the cluster converges',
  () => {
    fc.assert(
      fc.property(story, (told) => {
        const one = play(told);
        const problems = [...new Set(one.broken), ...one.unconverged()];
        if (problems.length > 0) expect(problems, one.trace).toEqual([]);
      }),
      { numRuns: RUNS, seed: Number(process.env['TSTACK_LAW_SEED'] ?? 20_261_120) },
    );
  },
  LIMIT_MS,
);

test(
  'the same story gives the same trace',
  () => {
    fc.assert(
      fc.property(story, (told) => {
        expect(play(told).trace).toEqual(play(told).trace);
      }),
      { numRuns: Math.ceil(RUNS / 10), seed: 7 },
    );
  },
  LIMIT_MS,
);

/** Law: start-first never lowers capacity, as long as nothing else happens. */
test(
  'start-first never lowers capacity',
  () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(3),
        (seed, replicas, parallelism) => {
          const UpdateConfig = { Parallelism: parallelism, Order: 'start-first' as const };
          const Mode = { Replicated: { Replicas: replicas } };
          const told: Story = {
            seed,
            nodes: 3,
            patient: seed % 2 === 0,
            deeds: [
              {
                afterMs: 0,
                deed: {
                  kind: 'create',
                  spec: {
                    Mode,
                    UpdateConfig,
                    TaskTemplate: { ContainerSpec: { Image: 'image:0' } },
                  },
                },
              },
            ],
          };
          const one = play(told);
          let least = Infinity;
          const running = new Set<TaskId>();
          for (const task of one.cluster.store.view.list('task')) running.add(task.ID);
          one.cluster.store.watch((commit) => {
            for (const change of commit.changes) {
              if (change.kind !== 'task') continue;
              if (change.object?.Status.State === 'running') running.add(change.object.ID);
              else running.delete((change.object ?? change.old).ID);
            }
            least = Math.min(least, running.size);
          });
          const [found] = one.cluster.store.view.list('service');
          if (!found) throw new Error('no service');
          one.cluster.store.update('control', (tx) => {
            const { UpdateStatus: _, ...rest } = found;
            const TaskTemplate = { ContainerSpec: { Image: 'image:1' } };
            tx.update('service', {
              ...rest,
              Spec: { ...found.Spec, TaskTemplate },
              PreviousSpec: found.Spec,
              SpecVersion: found.Version.Index,
            });
          });
          one.clock.advanceTo(toInstant(one.clock.now() + 200_000));
          expect(one.cluster.store.view.list('service')[0]?.UpdateStatus?.State).toBe('completed');
          expect(least).toBeGreaterThanOrEqual(replicas);
        },
      ),
      { numRuns: Math.ceil(RUNS / 4), seed: 11 },
    );
  },
  LIMIT_MS,
);
