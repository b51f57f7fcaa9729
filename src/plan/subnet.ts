/** A block of addresses. */
export interface Subnet {
  /** By its first address, `10.0.0.0/24`; equal for equal blocks. */
  readonly text: string;
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `10.0.0.0/24` or `fd00::/64`; undefined when it is neither. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', length = ''] = text.split('/');
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const isIpv6 = address.includes(':');
  const value = isIpv6 ? parseIpv6(address) : parseIpv4(address);
  const bits = isIpv6 ? 128 : 32;
  const prefix = Number(length);
  if (value === undefined || prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = value - (value % size);
  const start = isIpv6 ? formatIpv6(first) : formatIpv4(first);
  return { text: `${start}/${prefix}`, bits, first, last: first + size - 1n };
}

/** Whether two blocks share an address. */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.bits === b.bits && a.first <= b.last && b.first <= a.last;
}

function parseIpv4(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  if (parts.some((part) => Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(address: string): bigint | undefined {
  const [head = '', tail, ...more] = address.split('::');
  if (more.length > 0) return undefined;
  const groupsOf = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

function formatIpv6(value: bigint): string {
  return Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 65_535n).toString(16),
  ).join(':');
}
