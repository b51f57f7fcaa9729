import type { Clock } from '../base/clock.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { Commit } from '../orchestrator/store/commit.ts';
import type { ServiceId, TaskId } from '../swarm/object.ts';
import { BALANCERS } from './balancers/index.ts';
import type { Balancer } from './balancers/balancer.ts';
import { EndpointPool, type FindAddresses } from './endpoint-pool.ts';
import { frontendKey, frontendsOf, type Frontend } from './endpoints.ts';
import { peersOf, type Peer } from './peers.ts';
import { resolveName } from './service-names.ts';
import { listenTcp, type Listener } from './tcp-frontend.ts';
import { listenUdp } from './udp-frontend.ts';
import { toVirtualAddresses } from './virtual-addresses.ts';

export interface IngressOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Where tasks listen: the runtime knows. */
  readonly findAddresses: FindAddresses;
  /** Addresses that published ports listen on; asked whenever one is opened. */
  readonly publishAddresses: () => readonly string[];
  /** Whether the daemon may listen on ports below 1024. */
  readonly canListenLow: boolean;
  /** Whether services have virtual IPs; only loopback on Linux has room for them. Default true. */
  readonly hasVirtualAddresses?: boolean;
  /** Default the first of BALANCERS. */
  readonly balancer?: Balancer;
  /** How long a task that is to be stopped keeps its connections, ms. Default 2000, as in Swarm. */
  readonly drainMs?: number;
  /** How long a connection waits for an endpoint that takes it, ms. Default 5000. */
  readonly holdMs?: number;
  /** Hears which port could not be opened, and why; it is tried again when its service changes. */
  readonly onTrouble?: (trouble: ListenTrouble) => void;
}

/** A port that is to be served and cannot. */
export interface ListenTrouble {
  readonly frontend: Frontend;
  readonly address: string;
  readonly error: Error;
}

interface OpenFrontend {
  frontend: Frontend | undefined;
  /** By address. */
  readonly listeners: Map<string, Listener>;
}

/** Follows the store and carries the traffic of published ports and virtual IPs. */
export class Ingress {
  readonly #options: IngressOptions;
  readonly #pool: EndpointPool;
  /** By frontend key. */
  readonly #open = new Map<string, OpenFrontend>();
  readonly #frontends = new Map<ServiceId, readonly Frontend[]>();
  readonly #changed = new Set<ServiceId>();
  #addresses: ReadonlyMap<ServiceId, string> = new Map();
  #isStale = true;
  #cancelUpdate: (() => void) | undefined;
  #endWatch: (() => void) | undefined;

  constructor(options: IngressOptions) {
    this.#options = options;
    const { clock, findAddresses, balancer = BALANCERS[0] } = options;
    this.#pool = new EndpointPool({ clock, balancer, findAddresses });
  }

  /** Opens what the store asks for, and follows it. */
  start(): void {
    const { store } = this.#options;
    for (const service of store.view.list('service')) this.#changed.add(service.ID);
    this.#endWatch = store.watch((commit) => this.#observe(commit));
    this.#update();
  }

  /** Closes every port and connection at once. */
  stop(): void {
    this.#endWatch?.();
    this.#cancelUpdate?.();
    for (const [key, one] of this.#open) this.#close(key, one, 'at once');
    this.#frontends.clear();
  }

  /**
   * Takes a task out of service before it is stopped: no new connections; resolves when the open
   * ones are gone, at the latest after `drainMs`.
   * @source spec/orchestrator.md 18.4 (a task leaves discovery 2 s before it is stopped)
   */
  drain(task: TaskId, signal: AbortSignal): Promise<void> {
    return this.#pool.drain(task, this.#options.drainMs ?? 2000, signal);
  }

  /** What a service's tasks can reach, by virtual IP. */
  peersOf(service: ServiceId): readonly Peer[] {
    const { store, canListenLow } = this.#options;
    const found = store.view.get('service', service);
    if (!found) return [];
    return peersOf(store.view, found, { virtualAddresses: this.#virtualAddresses(), canListenLow });
  }

  /**
   * The addresses behind a name, for tasks of a service; undefined when it is none of theirs.
   * @param addressOf - a task's own address
   */
  resolveName(
    asker: ServiceId,
    name: string,
    addressOf: (task: TaskId) => string | undefined,
  ): readonly string[] | undefined {
    const { view } = this.#options.store;
    const service = view.get('service', asker);
    const virtualAddresses = this.#virtualAddresses();
    return service && resolveName(view, service, name, { virtualAddresses, addressOf });
  }

  /** The frontends that are open now, each with the addresses it listens on; sorted by key. */
  listening(): readonly { readonly frontend: Frontend; readonly addresses: readonly string[] }[] {
    return [...this.#open.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { frontend, listeners }]) =>
        frontend ? [{ frontend, addresses: [...listeners.keys()] }] : [],
      );
  }

  #observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'service') {
        if (change.action !== 'update') this.#isStale = true;
        this.#changed.add((change.object ?? change.old).ID);
      } else if (change.kind === 'task') {
        this.#changed.add((change.object ?? change.old).ServiceID);
        if (change.action === 'remove') this.#pool.forget(change.old.ID);
      }
    }
    if (this.#changed.size === 0 || this.#cancelUpdate) return;
    const { clock } = this.#options;
    this.#cancelUpdate = clock.at(clock.now(), () => this.#update());
  }

  #virtualAddresses(): ReadonlyMap<ServiceId, string> {
    const { store, hasVirtualAddresses = true } = this.#options;
    if (!this.#isStale || !hasVirtualAddresses) return this.#addresses;
    this.#isStale = false;
    this.#addresses = toVirtualAddresses(store.view.list('service').map((one) => one.ID));
    return this.#addresses;
  }

  #update(): void {
    this.#cancelUpdate = undefined;
    const { store, canListenLow } = this.#options;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const id of changed) {
      const service = store.view.get('service', id);
      const virtualAddress = this.#virtualAddresses().get(id);
      const wanted = service
        ? frontendsOf(store.view, service, { virtualAddress, canListenLow })
        : [];
      this.#replace(id, wanted);
    }
  }

  #replace(service: ServiceId, wanted: readonly Frontend[]): void {
    const keys = new Set(wanted.map(frontendKey));
    for (const former of this.#frontends.get(service) ?? []) {
      const key = frontendKey(former);
      const open = this.#open.get(key);
      if (open && !keys.has(key) && open.frontend?.service === service) {
        this.#close(key, open, 'graceful');
      }
    }
    if (wanted.length > 0) this.#frontends.set(service, wanted);
    else this.#frontends.delete(service);
    for (const frontend of wanted) this.#show(frontend);
  }

  /** Opens a frontend, or tells the open one who is behind it now. */
  #show(frontend: Frontend): void {
    const key = frontendKey(frontend);
    const open: OpenFrontend = this.#open.get(key) ?? { frontend, listeners: new Map() };
    // Two tasks with one host-mode port on one machine: the first keeps it.
    if (open.frontend && open.frontend.service !== frontend.service) return;
    open.frontend = frontend;
    this.#open.set(key, open);
    const { address } = frontend;
    const addresses = address === undefined ? this.#options.publishAddresses() : [address];
    for (const one of addresses) if (!open.listeners.has(one)) this.#listen(open, one, frontend);
  }

  #listen(open: OpenFrontend, address: string, frontend: Frontend): void {
    const { clock, holdMs = 5000, onTrouble } = this.#options;
    const pool = this.#pool;
    const now = (): Frontend | undefined => open.frontend;
    const listener =
      frontend.protocol === 'tcp'
        ? listenTcp(address, frontend.port, now, { pool, clock, holdMs })
        : listenUdp(address, frontend.port, now, { pool, clock });
    open.listeners.set(address, listener);
    listener.listening.catch((error: unknown) => {
      open.listeners.delete(address);
      onTrouble?.({
        frontend,
        address,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    });
  }

  #close(key: string, open: OpenFrontend, how: 'graceful' | 'at once'): void {
    open.frontend = undefined;
    for (const listener of open.listeners.values()) listener.close(how);
    this.#open.delete(key);
    this.#pool.forgetFrontend(key);
  }
}
