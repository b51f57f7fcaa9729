import { containsIp, formatIp, parseCidr, parseIp, type IpBlock } from '../../base/ip-address.ts';

/** Enough for any network; keeps offsets small where a block is huge. */
const MAX_HOST_BITS = 24;

/**
 * The addresses of one network.
 *
 * Handed out serially: the search starts after the last one. Never given: the network's own
 * address, IPv4's broadcast address, and the gateway.
 * @source swarmkit manager/allocator/cnmallocator/networkallocator.go (serial allocation)
 */
export class AddressPool {
  readonly #subnet: IpBlock;
  readonly #range: IpBlock;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #last = 0;

  constructor(subnet: IpBlock, options: { readonly range?: IpBlock; readonly gateway?: string }) {
    this.#subnet = subnet;
    this.#range = options.range ?? subnet;
    const { bits } = this.#range.base;
    this.#size = 2 ** Math.min(MAX_HOST_BITS, bits - this.#range.prefix);
    if (this.#range.base.value === subnet.base.value) this.#taken.add(0);
    if (bits === 32 && options.range === undefined) this.#taken.add(this.#size - 1);
    if (options.gateway !== undefined) this.take(options.gateway);
  }

  /** The next free address in CIDR form with the subnet's prefix; undefined when none is left. */
  allocate(): string | undefined {
    if (this.#taken.size >= this.#size) return undefined;
    for (let step = 1; step <= this.#size; step += 1) {
      const offset = (this.#last + step) % this.#size;
      if (this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      this.#last = offset;
      const { bits, value } = this.#range.base;
      return `${formatIp({ bits, value: value + BigInt(offset) })}/${this.#subnet.prefix}`;
    }
    return undefined;
  }

  /** Marks an address, with or without prefix, as taken. Others than the pool's are ignored. */
  take(address: string): void {
    const offset = this.#offsetOf(address);
    if (offset === undefined) return;
    this.#taken.add(offset);
    this.#last = Math.max(this.#last, offset);
  }

  /** Frees an address. */
  release(address: string): void {
    const offset = this.#offsetOf(address);
    if (offset !== undefined) this.#taken.delete(offset);
  }

  #offsetOf(address: string): number | undefined {
    const ip = parseIp(address.split('/')[0] ?? '');
    if (!ip || !containsIp(this.#range, ip)) return undefined;
    return Number(ip.value - this.#range.base.value);
  }
}

/** A pool for a network's first subnet that is one; undefined when it has none. */
export function toAddressPool(
  configs: readonly {
    readonly Subnet?: string;
    readonly Range?: string;
    readonly Gateway?: string;
  }[],
): AddressPool | undefined {
  for (const { Subnet, Range, Gateway } of configs) {
    const subnet = parseCidr(Subnet ?? '');
    if (!subnet) continue;
    const range = parseCidr(Range ?? '');
    return new AddressPool(subnet, {
      ...(range && { range }),
      ...(Gateway !== undefined && { gateway: Gateway.split('/')[0] ?? Gateway }),
    });
  }
  return undefined;
}
