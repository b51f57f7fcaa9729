import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket that waits for connections or datagrams. */
export interface ListeningSocket {
  /** In text form; `*` is every address. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** State of a TCP socket that listens, and of a UDP socket that is not connected. */
const WAITING = { tcp: '0A', udp: '07' } as const;

const FIRST_V4_WORD_OF_MAPPED = 3;

/** Reads /proc/net/{tcp,tcp6,udp,udp6}: the sockets that wait. @source proc(5), /proc/net/tcp */
export function parseSockets(text: string, protocol: 'tcp' | 'udp'): readonly ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const [address, port] = local.split(':');
    const inode = fields[9];
    if (state !== WAITING[protocol] || !address || !port || !inode) return [];
    return [{ address: parseAddress(address), port: Number.parseInt(port, 16), inode }];
  });
}

/** Words of 32 bits, each in the order of a little-endian machine. */
function parseAddress(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => (word.match(/../g) ?? []).toReversed());
  const isMapped = /^0{16}FFFF0000/i.test(hex);
  const v4 = words.length === 1 ? bytes[0] : isMapped ? bytes[FIRST_V4_WORD_OF_MAPPED] : undefined;
  if (v4) return v4.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = bytes.flat().join('').match(/.{4}/g) ?? [];
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** What is known of a task's ports. */
export interface WantedPort {
  /** The task's own address. */
  readonly address: string;
  /** The task's own port for it, if it has one. */
  readonly ownPort: number | undefined;
  /** 0: the service declares none, so any port will do if it is the only one. */
  readonly targetPort: number;
}

/** Where to reach a task, given the sockets it waits on: its own port first, then the declared one. */
export function reachableAt(
  sockets: readonly ListeningSocket[],
  { address, ownPort, targetPort }: WantedPort,
): readonly { readonly host: string; readonly port: number }[] {
  const own = sockets.filter((one) => one.port === ownPort);
  const declared = sockets.filter((one) => one.port === targetPort && targetPort !== 0);
  const ports = new Set(sockets.map((one) => one.port));
  const only = targetPort === 0 && ports.size === 1 ? sockets : [];
  const found = [...own, ...declared, ...only].map((one) => ({
    host: one.address === '*' ? address : one.address,
    port: one.port,
  }));
  return [...new Map(found.map((one) => [`${one.host}:${one.port}`, one])).values()];
}

/** The sockets on which these processes wait. */
export function readListeners(
  pids: readonly number[],
  protocol: 'tcp' | 'udp',
): readonly ListeningSocket[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  if (inodes.size === 0) return [];
  return [protocol, `${protocol}6`]
    .flatMap((name) => parseSockets(readOrEmpty(`/proc/net/${name}`), protocol))
    .filter((one) => inodes.has(one.inode));
}

/** The sockets that a process has open. */
export function socketInodes(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  return listOrEmpty(directory).flatMap((fd) => {
    const target = linkOrEmpty(`${directory}/${fd}`);
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

/* Processes and their files vanish while one looks at them; others' may not be looked at. */

function listOrEmpty(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
