import {
  containsIp,
  formatCidr,
  formatIp,
  parseCidr,
  type IpBlock,
} from '../../base/ip-address.ts';

/** A subnet for a network that names none. */
export interface ChosenSubnet {
  readonly Subnet: string;
  /** The first host address. */
  readonly Gateway: string;
}

/**
 * The lowest subnet of the pools that overlaps none in use; undefined when all are taken.
 * @param pools - CIDR blocks, tried in order; what is no block is skipped
 * @param size - prefix length of the subnet
 * @source spec/orchestrator.md sections 2.2 and 9
 */
export function chooseSubnet(
  pools: readonly string[],
  size: number,
  used: readonly IpBlock[],
): ChosenSubnet | undefined {
  for (const pool of pools) {
    const block = parseCidr(pool);
    const subnet = block && chooseIn(block, size, used);
    if (subnet) return { Subnet: formatCidr(subnet), Gateway: firstHost(subnet) };
  }
  return undefined;
}

/** The first host address of a block. */
export function firstHost({ base }: IpBlock): string {
  return formatIp({ bits: base.bits, value: base.value + 1n });
}

function chooseIn(pool: IpBlock, size: number, used: readonly IpBlock[]): IpBlock | undefined {
  const { bits, value } = pool.base;
  if (size < pool.prefix || size > bits) return undefined;
  const step = 1n << BigInt(bits - size);
  const end = value + (1n << BigInt(bits - pool.prefix));
  let start = value;
  while (start < end) {
    const candidate: IpBlock = { base: { bits, value: start }, prefix: size };
    const clash = used.find((one) => overlaps(one, candidate));
    if (!clash) return candidate;
    const clashEnd = clash.base.value + (1n << BigInt(bits - clash.prefix));
    const next = clashEnd > start + step ? clashEnd : start + step;
    start = ((next + step - 1n) / step) * step;
  }
  return undefined;
}

/** Whether two blocks share an address. */
export function overlaps(a: IpBlock, b: IpBlock): boolean {
  return containsIp(a, b.base) || containsIp(b, a.base);
}
