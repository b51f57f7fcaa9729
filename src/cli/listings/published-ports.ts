import { compareStrings } from '../../base/compare.ts';
import type { PortConfig } from '../../swarm/service.ts';

interface PortRange {
  readonly protocol: string;
  readonly published: readonly [first: number, last: number];
  readonly target: readonly [first: number, last: number];
}

/**
 * Ingress ports of a service in docker's words: `*:8080->80/tcp, *:7000-7002->70-72/tcp`.
 *
 * Sorted by protocol then published port; neighbours whose targets are neighbours, or the same,
 * become one range.
 * @source spec/stack-file.md section 2.3, Ports
 */
export function formatIngressPorts(ports: readonly PortConfig[]): string {
  const sorted = ports
    .filter((port) => (port.PublishMode ?? 'ingress') === 'ingress')
    .sort(
      (a, b) => compareStrings(protocolOf(a), protocolOf(b)) || publishedOf(a) - publishedOf(b),
    );
  const ranges: PortRange[] = [];
  for (const port of sorted) {
    const last = ranges.at(-1);
    const longer = last && extend(last, port);
    if (longer) ranges[ranges.length - 1] = longer;
    else ranges.push(toRange(port));
  }
  return ranges.map(formatRange).join(', ');
}

/**
 * Host ports of a task: `*:8080->80/tcp,*:53->53/udp`.
 * @source spec/stack-file.md section 2.4, PORTS
 */
export function formatHostPorts(ports: readonly PortConfig[]): string {
  return ports.map((port) => formatRange(toRange(port))).join(',');
}

function extend(range: PortRange, port: PortConfig): PortRange | undefined {
  const { protocol, published, target } = range;
  if (protocol !== protocolOf(port) || publishedOf(port) !== published[1] + 1) return undefined;
  const isSameTarget = target[0] === target[1] && port.TargetPort === target[0];
  const isNextTarget =
    port.TargetPort === target[1] + 1 && published[1] - published[0] === target[1] - target[0];
  if (!isSameTarget && !isNextTarget) return undefined;
  return {
    protocol,
    published: [published[0], publishedOf(port)],
    target: [target[0], port.TargetPort],
  };
}

function toRange(port: PortConfig): PortRange {
  const published = publishedOf(port);
  return {
    protocol: protocolOf(port),
    published: [published, published],
    target: [port.TargetPort, port.TargetPort],
  };
}

function formatRange({ protocol, published, target }: PortRange): string {
  return `*:${formatSpan(published)}->${formatSpan(target)}/${protocol}`;
}

function formatSpan([first, last]: readonly [number, number]): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function protocolOf(port: PortConfig): string {
  return port.Protocol ?? 'tcp';
}

function publishedOf(port: PortConfig): number {
  return port.PublishedPort ?? 0;
}
