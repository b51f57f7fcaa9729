import type { PortConfig } from '../../swarm/service.ts';

/** Published ports that the orchestrator chooses itself. @source spec/orchestrator.md section 9 */
export const DYNAMIC_PORTS = { first: 30_000, last: 32_767 } as const;

/** What giving a service its ports led to. */
export type PortAllocation =
  | { readonly kind: 'ports'; readonly ports: readonly PortConfig[] }
  | { readonly kind: 'refused'; readonly reason: string };

type Protocol = NonNullable<PortConfig['Protocol']>;

/**
 * The ingress ports in use in the cluster, per protocol.
 *
 * Dynamic ports are handed out serially: the search starts after the last one, so a freed number
 * is not given to somebody else at once.
 * @source swarmkit manager/allocator/cnmallocator/portallocator.go
 */
export class PortSpace {
  readonly #taken = new Map<Protocol, Set<number>>();
  readonly #lastDynamic = new Map<Protocol, number>();

  /** Marks ports of a stored endpoint as taken. */
  restore(ports: readonly PortConfig[]): void {
    for (const port of ports) this.#take(port);
  }

  /** Frees the ingress ports among `ports`. */
  release(ports: readonly PortConfig[]): void {
    for (const port of ports) {
      if (isIngress(port)) this.#of(port).delete(port.PublishedPort ?? 0);
    }
  }

  /**
   * The ports a service shall have, taken; nothing is taken when one cannot be had.
   *
   * A number chosen earlier is kept as long as name, protocol and target port match and the spec
   * still names none. Host-mode ports are copied, never reserved. Numbers that the spec names are
   * taken before any is chosen; the answer keeps the spec's order.
   */
  allocate(wanted: readonly PortConfig[], held: readonly PortConfig[]): PortAllocation {
    this.release(held);
    const given = new Map<PortConfig, PortConfig>();
    for (const port of [...wanted].sort(byNamedFirst)) {
      const one = this.#allocateOne(port, held);
      if (!one) {
        this.release([...given.values()]);
        this.restore(held);
        return { kind: 'refused', reason: refusal(port) };
      }
      given.set(port, one);
    }
    return { kind: 'ports', ports: wanted.map((port) => given.get(port) ?? port) };
  }

  #allocateOne(port: PortConfig, held: readonly PortConfig[]): PortConfig | undefined {
    if (!isIngress(port)) return port;
    const number = port.PublishedPort ? port.PublishedPort : this.#choose(port, held);
    if (number === undefined || this.#of(port).has(number)) return undefined;
    const given = { ...port, PublishedPort: number };
    this.#take(given);
    return given;
  }

  #choose(port: PortConfig, held: readonly PortConfig[]): number | undefined {
    const kept = held.find((one) => isIngress(one) && isSamePort(one, port));
    if (kept?.PublishedPort && !this.#of(port).has(kept.PublishedPort)) return kept.PublishedPort;
    const { first, last } = DYNAMIC_PORTS;
    const size = last - first + 1;
    const start = (this.#lastDynamic.get(protocolOf(port)) ?? first - 1) + 1 - first;
    for (let step = 0; step < size; step += 1) {
      const number = first + ((start + step) % size);
      if (this.#of(port).has(number)) continue;
      this.#lastDynamic.set(protocolOf(port), number);
      return number;
    }
    return undefined;
  }

  #take(port: PortConfig): void {
    if (isIngress(port) && port.PublishedPort) this.#of(port).add(port.PublishedPort);
  }

  #of(port: PortConfig): Set<number> {
    const protocol = protocolOf(port);
    let taken = this.#taken.get(protocol);
    if (!taken) {
      taken = new Set();
      this.#taken.set(protocol, taken);
    }
    return taken;
  }
}

/** Whether the routing mesh serves the port on every node; the default mode. */
export function isIngress(port: PortConfig): boolean {
  return port.PublishMode !== 'host';
}

/** The port's protocol, tcp unless told. */
export function protocolOf(port: PortConfig): Protocol {
  return port.Protocol ?? 'tcp';
}

function byNamedFirst(a: PortConfig, b: PortConfig): number {
  return (a.PublishedPort ? 0 : 1) - (b.PublishedPort ? 0 : 1);
}

function isSamePort(a: PortConfig, b: PortConfig): boolean {
  return (
    (a.Name ?? '') === (b.Name ?? '') &&
    protocolOf(a) === protocolOf(b) &&
    a.TargetPort === b.TargetPort
  );
}

function refusal(port: PortConfig): string {
  return port.PublishedPort
    ? `port ${port.PublishedPort}/${protocolOf(port)} is already in use`
    : `no dynamic ${protocolOf(port)} port is free`;
}
