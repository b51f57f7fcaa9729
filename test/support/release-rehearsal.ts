import type { SecretMemory } from '../../src/plan/secret-memory.ts';
import { openJournal, revisionsOf, type Revision } from '../../src/release/revision.ts';
import { chooseRollback } from '../../src/release/rollback.ts';
import { prepareStored } from '../../src/release/prepare-stored.ts';
import { releaseStack, type ReleasePorts } from '../../src/release/release-stack.ts';
import type { ReleaseStore } from '../../src/release/release-store.ts';
import { prepareDeploy, type DeployOptions } from '../../src/rollout/deploy-stack.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import type { RolloutResult } from '../../src/rollout/judge-rollout.ts';
import type { StackSpec } from '../../src/stack/stack-spec.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { FakeEngine } from './fake-engine-client.ts';
import { MemoryStore } from './memory-store.ts';
import { runVirtual } from './run-virtual.ts';

const OPTIONS: DeployOptions = {
  prune: false,
  resolveImage: 'never',
  compatDocker: false,
  rotates: true,
  detach: false,
  timeoutMs: 60_000,
};

const ACTOR = { user: 'alice', host: 'desk' };

/** What a rehearsed release may be told. */
export interface ReleaseFacts extends Partial<DeployOptions> {
  readonly keep?: number;
  readonly atomic?: boolean;
}

/** Deploys with history against a fake engine, in virtual time. */
export class ReleaseRehearsal {
  readonly engine = new FakeEngine();
  readonly store: ReleaseStore;
  readonly events: RolloutEvent[] = [];
  readonly known = new Map<string, string>();
  /** Identities of processes that have ended. */
  readonly gone = new Set<string>();

  constructor(store: (engine: FakeEngine) => ReleaseStore = () => new MemoryStore()) {
    this.store = store(this.engine);
  }

  readonly memory: SecretMemory = {
    compare: ({ ID }, { Data }) => {
      const known = this.known.get(ID);
      if (known === undefined) return 'unknown';
      return known === Data ? 'same' : 'different';
    },
    remember: (id, { Data = '' }) => this.known.set(id, Data),
    refute: (id) => this.known.set(id, '\0'),
    fingerprint: ({ Data = '' }) => sha256Hex(`key ${Data}`),
  };

  /** Ports of one process. */
  ports(process = 'one'): ReleasePorts {
    const { clock } = this.engine;
    const isGone = (identity: string): boolean => this.gone.has(identity);
    return {
      engine: this.engine.client,
      clock,
      emit: (event) => this.events.push(event),
      secretMemory: this.memory,
      lock: { clock, process, isGone, actor: ACTOR },
    };
  }

  deploy(
    spec: StackSpec,
    facts: ReleaseFacts = {},
    ports = this.ports(),
    store = this.store,
  ): Promise<RolloutResult> {
    return this.run(this.begin(spec, facts, ports, store));
  }

  /** Begins a deploy without moving time on. */
  async begin(
    spec: StackSpec,
    facts: ReleaseFacts = {},
    ports = this.ports(),
    store = this.store,
  ): Promise<RolloutResult> {
    const { keep = 10, atomic = false, ...given } = facts;
    const options = { ...OPTIONS, ...given };
    const content = await store.read();
    const again = () => prepareDeploy(spec, options, ports);
    const sources = [{ name: 'stack.yml', text: 'services: {}' }];
    const origin = { kind: 'deploy', actor: ACTOR, tool: '1', sources, variables: [] } as const;
    return releaseStack(
      { prepared: await again(), again },
      { origin, options, keep, atomic },
      { opened: { store, content }, ports },
    );
  }

  /** `tstack rollback shop [REVISION]`. */
  async rollBack(revision?: number): Promise<RolloutResult> {
    const content = await this.store.read();
    const { model, number, removable } = chooseRollback('shop', content, revision);
    return this.redeploy('rollback', { number, model, removable, runsJobs: 'never' });
  }

  /** `tstack resume shop`. */
  async resume(): Promise<RolloutResult> {
    const journal = openJournal(await this.store.read());
    if (!journal) throw new Error('nothing to resume');
    const { number, model } = journal.revision;
    return this.redeploy('resume', { number, model, removable: new Set(), runsJobs: 'changed' });
  }

  private async redeploy(
    kind: 'rollback' | 'resume',
    to: Parameters<typeof prepareStored>[1] & {
      readonly number: number | undefined;
      readonly model: Revision['model'];
    },
  ): Promise<RolloutResult> {
    const ports = this.ports();
    const content = await this.store.read();
    const again = () => prepareStored(to.model, to, ports);
    const origin = {
      kind,
      restores: to.number,
      actor: ACTOR,
      tool: '1',
      sources: [],
      variables: [],
    };
    const request = { origin, options: OPTIONS, keep: 10, atomic: false };
    const opened = { store: this.store, content };
    return this.run(
      again().then((prepared) => releaseStack({ prepared, again }, request, { opened, ports })),
    );
  }

  run<T>(work: Promise<T>): Promise<T> {
    return runVirtual(this.engine.clock, work);
  }

  async revisions(): Promise<readonly Revision[]> {
    return revisionsOf(await this.store.read());
  }

  /** `name image xN` of every service, sorted. */
  get services(): readonly string[] {
    return [...this.engine.services.values()]
      .map(
        ({ Spec }) =>
          `${Spec.Name} ${Spec.TaskTemplate.ContainerSpec?.Image ?? ''} x${Spec.Mode?.Replicated?.Replicas ?? 1}`,
      )
      .sort();
  }

  /** Names of all secrets and configs of the stack, sorted. */
  get blobs(): readonly string[] {
    return [...this.engine.secrets.values(), ...this.engine.configs.values()]
      .filter((one) => one.Spec.Labels?.['com.docker.stack.namespace'] !== undefined)
      .map((one) => one.Spec.Name)
      .sort();
  }
}
