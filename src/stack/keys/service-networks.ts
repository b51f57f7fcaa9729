import { compareStrings } from '../../base/compare.ts';
import type { NetworkAttachmentConfig } from '../../swarm/service.ts';
import { emptyRecord, printMap, struct, type Codec } from '../codec.ts';
import { textList, textMap, type TextMap } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text, requireString } from '../scalars.ts';
import { lookUp, type ServiceScope } from '../service-scope.ts';
import { isYamlMap, type YamlMap, type YamlValue } from '../yaml-values.ts';
import { isUserDefinedNetwork, networkName } from './networks.ts';

/** How a service is attached to one network. */
export interface AttachmentModel {
  readonly aliases?: readonly string[];
  readonly driver_opts?: TextMap;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
}

/** Attachments by network key; null when only the network was named. */
export type Attachments = Readonly<Record<string, AttachmentModel | null>>;

const attachment = struct<AttachmentModel>(
  { aliases: textList, driver_opts: textMap, ipv4_address: text, ipv6_address: text },
  { keepEmpty: true },
);

const attachmentsCodec: Codec<Attachments> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const result = emptyRecord<AttachmentModel | null>();
    if (isYamlMap(value)) fillFromMap(result, value, at);
    else fillFromList(result, Array.isArray(value) ? value : [value], at);
    return result;
  },
  merge: (base, over) => {
    const result = emptyRecord<AttachmentModel | null>();
    for (const key of Object.keys(base)) result[key] = base[key] ?? null;
    for (const key of Object.keys(over)) {
      const [earlier, later] = [result[key] ?? null, over[key] ?? null];
      result[key] = earlier && later ? mergeAttachment(earlier, later) : (later ?? earlier);
    }
    return result;
  },
  print: (value) => printMap(value, (one) => (one ? (attachment.print(one) ?? {}) : null)),
};

function fillFromMap(
  result: Record<string, AttachmentModel | null>,
  map: YamlMap,
  at: Cursor,
): void {
  for (const key of Object.keys(map)) {
    at.enter(key);
    result[key] = attachment.decode(map[key] ?? null, at) ?? null;
    at.leave();
  }
}

function fillFromList(
  result: Record<string, AttachmentModel | null>,
  items: readonly YamlValue[],
  at: Cursor,
): void {
  items.forEach((item, index) => {
    at.enter(index);
    const key = requireString(item, at);
    at.leave();
    if (key !== undefined) result[key] = null;
  });
}

/**
 * Parity: the later aliases replace the earlier ones even when there are none, and driver options
 * are the earlier file's (merge-networks-aliases).
 */
function mergeAttachment(earlier: AttachmentModel, later: AttachmentModel): AttachmentModel {
  const { aliases: _lost, ...kept } = earlier;
  return {
    ...kept,
    ...(later.aliases && { aliases: later.aliases }),
    ...((later.ipv4_address ?? '') !== '' && { ipv4_address: later.ipv4_address ?? '' }),
    ...((later.ipv6_address ?? '') !== '' && { ipv6_address: later.ipv6_address ?? '' }),
  };
}

/** Networks of a service; without any it is on `default`. @source spec/stack-file.md 10.2, 10.3 */
export const networks: KeySpec<Attachments> = defineKey({
  codec: attachmentsCodec,
  support: 'supported',
  convert: attach,
  convertAbsent: (scope) => {
    // `network_mode` has chosen already.
    if (!scope.draft.task.Networks) attach({}, scope);
  },
});

function attach(value: Attachments, scope: ServiceScope): void {
  const keys = Object.keys(value);
  const list = (keys.length > 0 ? keys : ['default']).flatMap((key) =>
    toAttachment(key, lookUp(value, key) ?? {}, scope),
  );
  scope.draft.task.Networks = list.sort((a, b) => compareStrings(a.Target, b.Target));
}

function toAttachment(
  key: string,
  model: AttachmentModel,
  scope: ServiceScope,
): readonly NetworkAttachmentConfig[] {
  const declared = lookUp(scope.networks, key);
  if (!declared && key !== 'default') {
    scope.error(['networks', key], {
      code: 'undefined-network',
      reason: `undefined network "${key}"`,
      hint: `declare it at top level: "networks: {${key}: {}}"`,
    });
    return [];
  }
  warnOfAddresses(key, model, scope);
  const target = networkName(scope.stack, key, declared ?? {});
  const own = isUserDefinedNetwork(target) ? [scope.service] : [];
  const aliases = [...(model.aliases ?? []), ...own];
  const hasOptions = Object.keys(model.driver_opts ?? {}).length > 0;
  return [
    {
      Target: target,
      ...(aliases.length > 0 && { Aliases: aliases }),
      ...(hasOptions && model.driver_opts && { DriverOpts: { ...model.driver_opts } }),
    },
  ];
}

/** Swarm has no field for static addresses; docker drops them without a word. */
function warnOfAddresses(key: string, model: AttachmentModel, scope: ServiceScope): void {
  if (scope.compat === 'docker') return;
  for (const member of ['ipv4_address', 'ipv6_address'] as const) {
    if ((model[member] ?? '') === '') continue;
    scope.problem(['networks', key, member], {
      code: 'static-address-ignored',
      severity: 'warning',
      message: `service ${scope.service}: ${member} has no effect: Swarm gives tasks their addresses`,
      hint: 'reach the service by its name, or by a network alias',
    });
  }
}
