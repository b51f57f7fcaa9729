import { parseIp } from '../../base/ip-address.ts';

/** One published (or only exposed) port of the short syntax. */
export interface PortMapping {
  readonly target: number;
  /** 0 when not published. */
  readonly published: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** The address that was written and that Swarm cannot honour; empty when none. */
  readonly ip: string;
  /** The published side as written after expansion, for messages. */
  readonly publishedText: string;
}

/** What parsing a short port gave. */
export type ParsedPorts =
  | { readonly kind: 'ok'; readonly ports: readonly PortMapping[] }
  | { readonly kind: 'error'; readonly reason: string };

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads `[[ip:][published]:]target[/protocol]`, expanding ranges.
 *
 * The order of one entry's ports is that of the text `target/protocol` (`10/tcp` before `9/tcp`).
 * @source docker/go-connections nat.ParsePortSpec; spec/stack-file.md 8.6
 */
export function parsePort(written: string): ParsedPorts {
  const parts = splitParts(written);
  const { protocol, ip } = parts;
  if (parts.target === '') return failed(`no port specified: ${written}`);
  if (!isProtocol(protocol)) return failed(`invalid proto: ${protocol}`);
  if (ip !== '' && !parseIp(ip)) return failed(`invalid IP address: ${ip}`);
  const target = parseRange(parts.target);
  if (!target) return failed(`invalid containerPort: ${parts.target}`);
  if (parts.published === '') {
    return ok(
      range(target).map((one) => ({ target: one, published: 0, publishedText: '', protocol, ip })),
    );
  }
  const published = parseRange(parts.published);
  if (!published) return failed(`invalid hostPort: ${parts.published}`);
  const pairs = pair(target, published);
  if (!pairs) return failed(`invalid ranges specified for container and host Ports: ${written}`);
  return ok(
    pairs.map((one) => ({ ...one, publishedText: shown(target, published, one), protocol, ip })),
  );
}

/** The four parts as text; absent ones are empty, the protocol is in lower case. */
function splitParts(written: string): Record<'target' | 'protocol' | 'published' | 'ip', string> {
  const parts = written.split(':');
  const [target = '', protocol = ''] = (parts.pop() ?? '').split('/');
  const published = parts.pop() ?? '';
  const ip = parts.join(':').replace(/^\[(.*)\]$/, '$1');
  return { target, protocol: protocol === '' ? 'tcp' : protocol.toLowerCase(), published, ip };
}

function ok(ports: PortMapping[]): ParsedPorts {
  return { kind: 'ok', ports: inTextOrder(ports) };
}

function failed(reason: string): ParsedPorts {
  return { kind: 'error', reason };
}

function isProtocol(word: string): word is PortMapping['protocol'] {
  return word === 'tcp' || word === 'udp' || word === 'sctp';
}

function parseRange(text: string): Range | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65_535 ? { first, last } : undefined;
}

function range({ first, last }: Range): number[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}

type Pair = Pick<PortMapping, 'target' | 'published'>;

/** Ranges of equal length pairwise; one target takes every published port. */
function pair(target: Range, published: Range): readonly Pair[] | undefined {
  const from = range(published);
  if (target.first === target.last) {
    return from.map((one) => ({ target: target.first, published: one }));
  }
  const to = range(target);
  if (to.length !== from.length) return undefined;
  return to.map((one, index) => ({ target: one, published: from[index] ?? 0 }));
}

function shown(target: Range, published: Range, one: Pair): string {
  const isDynamic = target.first === target.last && published.first !== published.last;
  return isDynamic ? `${published.first}-${published.last}` : String(one.published);
}

function inTextOrder(ports: PortMapping[]): PortMapping[] {
  if (ports.length < 2) return ports;
  return ports.sort((a, b) => {
    const [left, right] = [String(a.target), String(b.target)];
    if (left === right) return 0;
    // `/` sorts before every digit, so the shorter of two prefixes comes first, as in plain text.
    return `${left}/` < `${right}/` ? -1 : 1;
  });
}
