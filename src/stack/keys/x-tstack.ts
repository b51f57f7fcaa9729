import { didYouMean } from '../../base/did-you-mean.ts';
import { parseDuration } from '../../base/duration.ts';
import {
  DEFAULT_REBALANCE_AFTER_MS,
  formatRebalance,
  LABEL_REBALANCE,
} from '../../swarm/rebalance-label.ts';
import { LABEL_REPLICAS } from '../../swarm/live-replicas.ts';
import type { Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import type { ServiceScope } from '../service-scope.ts';
import type { PrintValue } from '../print-value.ts';
import { isYamlMap, type YamlMap, type YamlValue } from '../yaml-values.ts';
import { decodeSpecPatch } from './x-tstack-spec.ts';

/** What tstack alone understands of a service; other tools ignore the key. */
export interface TstackModel {
  /** As written, checked; see `afterMsOf`. */
  readonly rebalance?: boolean | YamlMap;
  /** Whose the number of tasks is: absent means the file's. */
  readonly replicas?: 'live';
  /** Codes of lint rules to leave out for this service. */
  readonly ignore?: readonly string[];
  /** Laid over the finished request; see `x-tstack-spec.ts`. */
  readonly spec?: YamlMap;
}

const KNOWN = ['rebalance', 'ignore', 'replicas', 'spec'] as const;
const NS_PER_MS = 1e6;

const codec: Codec<TstackModel> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    if (!isYamlMap(value)) {
      at.error({ code: 'invalid-type', reason: 'must be a mapping' });
      return undefined;
    }
    refuseUnknown(value, KNOWN, at);
    at.enter('rebalance');
    const rebalance = decodeRebalance(value['rebalance'] ?? null, at);
    at.leave();
    at.enter('ignore');
    const ignore = decodeIgnore(value['ignore'] ?? null, at);
    at.leave();
    at.enter('replicas');
    const replicas = decodeReplicas(value['replicas'] ?? null, at);
    at.leave();
    at.enter('spec');
    const spec = decodeSpecPatch(value['spec'] ?? null, at);
    at.leave();
    return {
      ...(rebalance !== undefined && { rebalance }),
      ...(replicas && { replicas }),
      ...(ignore && { ignore }),
      ...(spec && { spec }),
    };
  },
  merge: (base, over) => ({ ...base, ...over }),
  print: (value) => (Object.keys(value).length === 0 ? undefined : (value as PrintValue)),
};

function decodeReplicas(value: YamlValue, at: Cursor): 'live' | undefined {
  if (value === 'live') return value;
  if (value !== null) {
    const hint = 'a number of tasks belongs into deploy.replicas';
    at.error({ code: 'invalid-live-replicas', reason: 'must be "live"', hint });
  }
  return undefined;
}

function decodeIgnore(value: YamlValue, at: Cursor): readonly string[] | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return textList.decode(value, at);
  at.error({ code: 'invalid-type', reason: 'must be a list', hint: 'write [CODE]' });
  return undefined;
}

/** `true`, `false`, or `{ after: 30s }`. */
function decodeRebalance(value: YamlValue, at: Cursor): boolean | YamlMap | undefined {
  if (value === null || typeof value === 'boolean') return value ?? undefined;
  if (!isYamlMap(value)) {
    at.error({
      code: 'invalid-rebalance',
      reason: 'must be true, false, or a mapping with "after"',
      hint: 'for example rebalance: { after: 30s }',
    });
    return undefined;
  }
  refuseUnknown(value, ['after'], at);
  at.enter('after');
  const isValid = isWait(value['after'] ?? null);
  if (!isValid) {
    const hint = 'for how long a node must have been back, for example 30s';
    at.error({
      code: 'invalid-rebalance',
      reason: 'must be a duration that is not negative',
      hint,
    });
  }
  at.leave();
  return isValid ? value : undefined;
}

function isWait(value: YamlValue): boolean {
  if (value === null) return true;
  const parsed = parseDuration(typeof value === 'string' ? value : '');
  return parsed.kind === 'ok' && parsed.ns >= 0;
}

function refuseUnknown(value: YamlMap, known: readonly string[], at: Cursor): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    at.enter(key);
    const near = didYouMean(key, known);
    at.error({
      code: 'unknown-tstack-key',
      reason: `${key} is not a key of tstack`,
      hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`,
    });
    at.leave();
  }
}

/** The wait in ms; undefined when nothing is to be moved. */
function afterMsOf(rebalance: boolean | YamlMap | undefined): number | undefined {
  if (rebalance === undefined || rebalance === false) return undefined;
  const after = rebalance === true ? null : (rebalance['after'] ?? null);
  if (typeof after !== 'string') return DEFAULT_REBALANCE_AFTER_MS;
  const parsed = parseDuration(after);
  return parsed.kind === 'ok' ? parsed.ns / NS_PER_MS : undefined;
}

function convertLive(scope: ServiceScope): void {
  const { draft } = scope;
  if (draft.service.Mode?.Replicated === undefined) {
    scope.error(['x-tstack', 'replicas'], {
      code: 'invalid-live-replicas',
      reason: 'only replicated services have a number of tasks to keep',
      hint: 'remove the key',
    });
    return;
  }
  draft.serviceLabels = { ...draft.serviceLabels, [LABEL_REPLICAS]: 'live' };
}

/** Keys of our own; `rebalance` becomes a service label that the embedded cluster reads. @source design.md 2; D-0162 */
export const xTstack: KeySpec<TstackModel> = defineKey({
  codec,
  support: 'supported',
  convert: ({ rebalance, replicas }, scope) => {
    if (replicas === 'live') convertLive(scope);
    const afterMs = afterMsOf(rebalance);
    if (afterMs === undefined) return;
    if (scope.draft.service.Mode?.Replicated === undefined) {
      scope.error(['x-tstack', 'rebalance'], {
        code: 'invalid-rebalance',
        reason: 'only replicated services can be rebalanced',
        hint: 'remove the key: a global service has its place on every node, a job ends by itself',
      });
      return;
    }
    const label = { [LABEL_REBALANCE]: formatRebalance(afterMs) };
    scope.draft.serviceLabels = { ...scope.draft.serviceLabels, ...label };
  },
});
