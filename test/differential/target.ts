import { setTimeout as sleep } from 'node:timers/promises';
import { toInstant, VirtualClock } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/random.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import { Cluster, SWARM_TIMINGS } from '../../src/orchestrator/cluster.ts';
import { createControl, type Control } from '../../src/orchestrator/control.ts';
import { toApiNode, toApiService, toApiTask } from '../../src/orchestrator/store/project.ts';
import { createSimulatedRuntime } from '../../src/runtimes/simulated.ts';
import type { Node } from '../../src/swarm/node.ts';
import type { Service, ServiceSpec } from '../../src/swarm/service.ts';
import type { Task } from '../../src/swarm/task.ts';
import { busyboxBehaviour } from '../conformance/orchestrator/busybox.ts';

/** What a scenario is played on. */
export interface Target {
  /** Lets time pass. */
  readonly wait: (ms: number) => Promise<void>;
  create(spec: ServiceSpec): Promise<void>;
  update(name: string, spec: ServiceSpec, rollback?: 'previous'): Promise<void>;
  remove(name: string): Promise<void>;
  updateNode(node: Node['ID'], change: Partial<Node['Spec']>): Promise<void>;
  service(name: string): Promise<Service | undefined>;
  /** Also of a service that was removed. */
  tasks(name: string): Promise<readonly Task[]>;
  nodes(): Promise<readonly Node[]>;
}

/** A real Swarm. Services are known by the ids they got here, so that removed ones can be asked about. */
export function createRealTarget(client: EngineClient): Target {
  const ids = new Map<string, Service['ID']>();
  const find = (name: string) => client.services.inspect(ids.get(name) ?? name);
  return {
    wait: (ms) => sleep(ms),
    async create(spec) {
      const { id } = await client.services.create(spec);
      ids.set(spec.Name, id);
    },
    async update(name, spec, rollback) {
      // The updater writes to the service too; whoever loses the race reads again.
      for (let attempt = 1; ; attempt += 1) {
        const { ID, Version } = await find(name);
        try {
          await client.services.update(ID, spec, { version: Version.Index, rollback });
          return;
        } catch (error) {
          if (attempt === 5 || !String(error).includes('out of sequence')) throw error;
        }
      }
    },
    remove: (name) => client.services.remove(ids.get(name) ?? (name as Service['ID'])),
    async updateNode(id, change) {
      const { Spec, Version } = await client.nodes.inspect(id);
      await client.nodes.update(id, { ...Spec, ...change }, { version: Version.Index });
    },
    async service(name) {
      const services = await client.services.list({ filters: { id: [ids.get(name) ?? ''] } });
      return services[0];
    },
    async tasks(name) {
      const id = ids.get(name);
      return (await client.tasks.list({})).filter((task) => task.ServiceID === id);
    },
    nodes: () => client.nodes.list({}),
  };
}

/** The simulator, on nodes like those of the real one: same ids, same descriptions. */
export function createSimulatedTarget(like: readonly Node[]): Target {
  const clock = new VirtualClock(toInstant(Date.parse('2026-01-01T00:00:00Z')));
  const random = createSeededRandom(1);
  const volumes = new Set<string>();
  const executor = createSimulatedRuntime({
    clock,
    random,
    behaviourOf: (assignment) => busyboxBehaviour(assignment, volumes),
  });
  const cluster = new Cluster({ clock, random, executor, timings: SWARM_TIMINGS });
  const control: Control = createControl({ store: cluster.store, clock, random });
  control.createCluster();
  cluster.start();
  for (const { ID, Spec, Description, Status } of like) {
    const { Role, Availability, Labels = {} } = Spec;
    const addr = Status.Addr ?? '';
    cluster.join({
      id: ID,
      role: Role,
      availability: Availability,
      labels: Labels,
      description: Description,
      addr,
    });
  }
  const { view } = cluster.store;
  const ids = new Map<string, Service['ID']>();
  const find = (name: string) => view.get('service', ids.get(name) as Service['ID']);
  const advance = (ms: number): void => clock.advanceTo(toInstant(clock.now() + ms));
  const act = (work: () => void): Promise<void> => {
    work();
    advance(1);
    return Promise.resolve();
  };
  return {
    wait: (ms) => act(() => advance(ms)),
    create: (spec) => act(() => void ids.set(spec.Name, control.createService(spec).ID)),
    update: (name, spec, rollback) =>
      act(() => {
        const found = find(name);
        if (!found) throw new Error(`no service ${name}`);
        control.updateService(found.ID, spec, { version: found.Version.Index, rollback });
      }),
    remove: (name) => act(() => void control.removeService(ids.get(name) ?? '')),
    updateNode: (id, change) =>
      act(() => {
        const node = view.get('node', id);
        if (!node) throw new Error(`no node ${id}`);
        control.updateNode(id, { ...node.Spec, ...change }, { version: node.Version.Index });
      }),
    service(name) {
      const found = find(name);
      return Promise.resolve(found && toApiService(found));
    },
    tasks: (name) =>
      Promise.resolve(view.tasksByService(ids.get(name) as Service['ID']).map(toApiTask)),
    nodes: () => Promise.resolve(view.list('node').map(toApiNode)),
  };
}
