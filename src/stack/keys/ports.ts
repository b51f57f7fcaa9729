import { compareStrings } from '../../base/compare.ts';
import type { PortConfig } from '../../swarm/service.ts';
import { struct, type Codec, type MergeContext } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { formatScalar } from '../format-scalar.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text, wholeNumber } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';
import { isYamlMap, YamlFloat, type YamlMap, type YamlValue } from '../yaml-values.ts';
import { mergeKeyed } from './merge-keyed.ts';
import { parsePort, type PortMapping } from './parse-port.ts';

/** A port in the long form; an absent member was not written. */
export interface PortModel {
  readonly name?: string;
  readonly mode?: string;
  readonly target?: number;
  readonly published?: number;
  readonly protocol?: string;
}

const uint32 = wholeNumber({ as: 'uint32', zero: 'absent' });

const longForm = struct<PortModel>(
  { name: text, mode: text, target: uint32, published: uint32, protocol: text },
  { keepEmpty: true },
);

const portsCodec: Codec<readonly PortModel[]> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    return items.flatMap((item, index) => {
      at.enter(index);
      const ports = decodeItem(item, at);
      at.leave();
      return ports;
    });
  },
  merge: (base, over, context) => mergeKeyed(base, over, { key: keyOf(context), order, context }),
  keep: (base, context) => mergeKeyed(base, [], { key: keyOf(context), order, context }),
  print: (value) =>
    value.length === 0 ? undefined : value.map((port) => longForm.print(port) ?? {}),
};

function decodeItem(item: YamlValue, at: Cursor): readonly PortModel[] {
  if (isYamlMap(item)) return decodeLong(item, at);
  if (item instanceof YamlFloat || (typeof item === 'number' && !Number.isInteger(item))) {
    const hint = 'quote the port';
    at.error({ code: 'invalid-port', reason: 'invalid type float64 for port', hint });
    return [];
  }
  const parsed = parsePort(typeof item === 'object' && item !== null ? '' : formatScalar(item));
  if (parsed.kind === 'error') {
    const hint = `${parsed.reason}; write [[ip:]published:]target[/protocol]`;
    at.error({ code: 'invalid-port', reason: "Does not match format 'ports'", hint });
    return [];
  }
  for (const port of parsed.ports) reportAddress(port, at);
  return parsed.ports.map(({ target, published, protocol }) => ({
    mode: 'ingress',
    target,
    published,
    protocol,
  }));
}

const ADDRESS_HINT = 'leave the address out and guard the port, or publish it through a proxy';

const ANY_ADDRESS = new Set(['', '0.0.0.0', '::']);

/** The long form; a published range becomes one port for each of its numbers. */
function decodeLong(item: YamlMap, at: Cursor): readonly PortModel[] {
  const { published, ...rest } = item;
  if (typeof published !== 'string' || !published.includes('-')) {
    const port = longForm.decode(item, at);
    return port ? [checked(port, item, at)] : [];
  }
  const port = longForm.decode(rest, at);
  const parsed = parsePort(`${published}:${port?.target ?? 0}`);
  if (!port || parsed.kind === 'error') {
    refuse('published', { reason: `"${published}" is no range of ports`, hint: RANGE_HINT }, at);
    return [];
  }
  return parsed.ports.map((one) => checked({ ...port, published: one.published }, item, at));
}

const RANGE_HINT = 'write one port, or FIRST-LAST';

function reportAddress({ ip, publishedText, target, protocol }: PortMapping, at: Cursor): void {
  if (ANY_ADDRESS.has(ip)) return;
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const port = `${host}:${publishedText}:${target}/${protocol}`;
  if (at.context.format === 'compose') {
    const reason = `cannot listen on ${ip} only: Swarm publishes on every address of a node`;
    at.error({ code: 'port-address-refused', reason, hint: ADDRESS_HINT });
    return;
  }
  at.warn({
    code: 'port-address-ignored',
    reason: `ignoring IP-address (${port}) service will listen on '0.0.0.0'`,
    hint: 'Swarm publishes on every address of a node; guard the port with a firewall',
  });
}

/** Deviates: docker cuts numbers to 32 bits and sends any word on; D-0060. */
function checked(port: PortModel, written: YamlValue, at: Cursor): PortModel {
  if (at.context.compat === 'docker' || !isYamlMap(written)) return port;
  for (const member of ['target', 'published'] as const) {
    const number = Number(written[member] ?? 0);
    if (!(number > 65_535)) continue;
    refuse(member, { reason: `port ${number} is out of range`, hint: 'ports end at 65535' }, at);
  }
  if (!['', 'tcp', 'udp', 'sctp'].includes((port.protocol ?? '').toLowerCase())) {
    const reason = `unknown protocol "${port.protocol}"`;
    refuse('protocol', { reason, hint: 'Swarm knows tcp, udp and sctp' }, at);
  }
  if (!['', 'ingress', 'host'].includes((port.mode ?? '').toLowerCase())) {
    refuse('mode', { reason: `unknown mode "${port.mode}"`, hint: 'use ingress or host' }, at);
  }
  return port;
}

function refuse(member: string, finding: { reason: string; hint: string }, at: Cursor): void {
  at.enter(member);
  at.error({ code: 'invalid-port', ...finding });
  at.leave();
}

function keyOf({ compat }: MergeContext): (port: PortModel) => string {
  // Deviates: docker's key is the published port alone, so 53/udp replaces 53/tcp; D-0060.
  return compat === 'docker'
    ? (port) => String(port.published ?? 0)
    : (port) => `${port.published ?? 0}/${port.protocol ?? 'tcp'}`;
}

function order(a: PortModel, b: PortModel): number {
  return (a.published ?? 0) - (b.published ?? 0);
}

/** Ports of a service. @source spec/stack-file.md 8.6 */
export const ports: KeySpec<readonly PortModel[]> = defineKey({
  codec: portsCodec,
  support: 'supported',
  convert: (value, { draft }: ServiceScope) => {
    if (value.length === 0) return;
    const list = value.map(toPortConfig).sort(comparePorts);
    draft.service.EndpointSpec = { ...draft.service.EndpointSpec, Ports: list };
  },
});

function toPortConfig(port: PortModel): PortConfig {
  const { name = '', protocol = '', mode = '', target = 0, published = 0 } = port;
  return {
    ...(name !== '' && { Name: name }),
    ...(protocol !== '' && { Protocol: protocol as NonNullable<PortConfig['Protocol']> }),
    TargetPort: target,
    ...(published !== 0 && { PublishedPort: published }),
    ...(mode !== '' && { PublishMode: mode as NonNullable<PortConfig['PublishMode']> }),
  };
}

function comparePorts(a: PortConfig, b: PortConfig): number {
  return (
    (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0) ||
    a.TargetPort - b.TargetPort ||
    compareStrings(a.Protocol ?? '', b.Protocol ?? '') ||
    compareStrings(a.PublishMode ?? '', b.PublishMode ?? '')
  );
}
