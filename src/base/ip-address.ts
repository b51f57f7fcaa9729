/** An address as a number of 32 or 128 bits; IPv4 written inside IPv6 (`::ffff:1.2.3.4`) is IPv4. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A block of addresses: those that share the first `prefix` bits with `base`. */
export interface IpBlock {
  readonly base: IpAddress;
  readonly prefix: number;
}

const MAPPED = 0xffffn;

/** An address, undefined when the text is none. Leading zeros and zones are refused, as Go does. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** A block in CIDR form, its host bits cleared; undefined when the text is none. */
export function parseCidr(text: string): IpBlock | undefined {
  const slash = text.lastIndexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const prefix = Number(digits);
  if (prefix > ip.bits) return undefined;
  const hostBits = BigInt(ip.bits - prefix);
  return { base: { bits: ip.bits, value: (ip.value >> hostBits) << hostBits }, prefix };
}

/** Whether the block holds the address; never across the two families. */
export function containsIp(block: IpBlock, ip: IpAddress): boolean {
  if (block.base.bits !== ip.bits) return false;
  const hostBits = BigInt(ip.bits - block.prefix);
  return ip.value >> hostBits === block.base.value >> hostBits;
}

/** The address as text; IPv6 in its canonical short form. */
export function formatIp({ bits, value }: IpAddress): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt((7 - at) * 16)) & 0xffffn).toString(16),
  );
  return shortenZeros(groups);
}

/** The block as text, e.g. `10.0.1.0/24`. */
export function formatCidr({ base, prefix }: IpBlock): string {
  return `${formatIp(base)}/${prefix}`;
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return { bits: 32, value };
}

function parseIpv6(text: string): IpAddress | undefined {
  const [head, tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = parseGroups(head ?? '', tail === undefined);
  const right = parseGroups(tail ?? '', true);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => 0n), ...right];
  const value = groups.reduce((sum, group) => (sum << 16n) | group, 0n);
  return value >> 32n === MAPPED ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** The 16-bit groups of one side of `::`; only the last may be an IPv4 address. */
function parseGroups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [at, part] of parts.entries()) {
    const isLast = isEnd && at === parts.length - 1;
    const ipv4 = isLast && part.includes('.') ? parseIpv4(part) : undefined;
    if (ipv4) groups.push(ipv4.value >> 16n, ipv4.value & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

/** Replaces the first longest run of two or more zero groups by `::`. */
function shortenZeros(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  const head = groups.slice(0, best.start).join(':');
  return `${head}::${groups.slice(best.start + best.length).join(':')}`;
}
