import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { Cluster } from '../orchestrator/cluster.ts';
import type { Machine } from '../host/machine.ts';
import type { StateNotes } from '../host/lmdb-persistence.ts';
import type { LogicalNodes, NewLogicalNode } from '../server/backend.ts';
import type { NodeDescription } from '../swarm/node.ts';
import type { NodeId } from '../swarm/object.ts';
import { freeHostname } from './node-count.ts';

const NOTE = 'down-nodes';

/** What every node of this machine can do; an engine's own list. */
const PLUGINS = [
  ...[
    'awslogs',
    'fluentd',
    'gelf',
    'journald',
    'json-file',
    'local',
    'none',
    'splunk',
    'syslog',
  ].map((Name) => ({ Type: 'Log', Name })),
  ...['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'].map((Name) => ({
    Type: 'Network',
    Name,
  })),
  { Type: 'Volume', Name: 'local' },
];

export interface MachineNodesOptions {
  readonly cluster: Cluster;
  readonly machine: Machine;
  /** Our version, shown as the engine's. */
  readonly version: string;
  readonly notes: StateNotes;
}

/**
 * The logical nodes of one machine.
 *
 * A rehearsed failure outlives the daemon: which nodes are down is noted before they go.
 */
export class MachineNodes implements LogicalNodes {
  readonly #options: MachineNodesOptions;
  readonly #up = new Set<NodeId>();
  readonly #down: Set<NodeId>;

  constructor(options: MachineNodesOptions) {
    this.#options = options;
    this.#down = new Set(JSON.parse(options.notes.read(NOTE) ?? '[]') as NodeId[]);
  }

  /** After a start of the daemon: every node comes back but those that were made to fail. */
  resume(): void {
    const { cluster } = this.#options;
    for (const { ID } of cluster.store.view.list('node')) {
      if (!this.#down.has(ID)) this.#raise(ID);
    }
  }

  join(node: NewLogicalNode): Promise<NodeId> {
    const { cluster } = this.#options;
    const taken = new Set(
      cluster.store.view.list('node').map((one) => one.Description.Hostname ?? ''),
    );
    const hostname = node.hostname ?? freeHostname(node.role, taken);
    const trouble = hostnameTrouble(hostname, taken);
    if (trouble) return Promise.reject(trouble);
    const id = cluster.join({
      role: node.role,
      availability: node.availability,
      labels: node.labels,
      addr: node.addr ?? '127.0.0.1',
      description: this.#describe(hostname, node.description),
    });
    this.#up.add(id);
    return Promise.resolve(id);
  }

  async fail(node: NodeId): Promise<void> {
    await this.#noteDown(node);
    this.#up.delete(node);
    this.#options.cluster.fail(node);
  }

  async bringUp(node: NodeId): Promise<void> {
    this.#down.delete(node);
    await this.#writeNote();
    this.#up.add(node);
    this.#options.cluster.recover(node);
  }

  async leave(node: NodeId): Promise<void> {
    await this.#noteDown(node);
    this.#up.delete(node);
    this.#options.cluster.leave(node);
  }

  isUp(node: NodeId): boolean {
    return this.#up.has(node);
  }

  #raise(node: NodeId): void {
    this.#up.add(node);
    this.#options.cluster.bringUp(node);
  }

  async #noteDown(node: NodeId): Promise<void> {
    this.#down.add(node);
    await this.#writeNote();
  }

  /** Nodes that were removed are forgotten here. */
  async #writeNote(): Promise<void> {
    const { cluster, notes } = this.#options;
    for (const node of this.#down) {
      if (!cluster.store.view.get('node', node)) this.#down.delete(node);
    }
    await notes.write(NOTE, JSON.stringify([...this.#down]));
  }

  #describe(Hostname: string, given: NodeDescription): NodeDescription {
    const { machine, version } = this.#options;
    const Engine = { EngineVersion: version, Plugins: PLUGINS, ...given.Engine };
    const own = { NanoCPUs: machine.cpus * 1e9, MemoryBytes: machine.memoryBytes };
    return {
      Hostname,
      Platform: given.Platform ?? { Architecture: machine.machine, OS: machine.os },
      Resources: { ...own, ...given.Resources },
      Engine,
    };
  }
}

function hostnameTrouble(hostname: string, taken: ReadonlySet<string>): UserError | undefined {
  const isName = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(hostname);
  if (isName && !taken.has(hostname)) return undefined;
  return new UserError(
    isName
      ? `a node named ${hostname} is there already`
      : `invalid name of a node: ${JSON.stringify(hostname)}; use up to 63 letters, digits and dashes`,
    {
      code: isName ? 'node-exists' : 'node-name-invalid',
      exitCode: EXIT_CODE.conflict,
      hint: `'tstack node ls' lists the nodes.`,
    },
  );
}
