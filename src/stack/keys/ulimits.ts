import { emptyRecord, printMap, type Codec } from '../codec.ts';
import { unite } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { toNumber } from '../scalars.ts';
import { isYamlMap, YamlFloat, type YamlValue } from '../yaml-values.ts';

/** One number for both limits, or a pair. */
export type UlimitModel = number | { readonly soft: number; readonly hard: number };

/** Limits by name (`nofile`). */
export type Ulimits = Readonly<Record<string, UlimitModel>>;

const ulimitsCodec: Codec<Ulimits> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const result = emptyRecord<UlimitModel>();
    if (!isYamlMap(value)) {
      at.error({ code: 'invalid-type', reason: 'must be a mapping' });
      return undefined;
    }
    for (const name of Object.keys(value)) {
      at.enter(name);
      const limit = toLimit(value[name] ?? null, at);
      at.leave();
      if (limit !== undefined) result[name] = limit;
    }
    return result;
  },
  merge: (base, over) => unite(base, over),
  print: (value) => printMap(value, printLimit),
};

function toLimit(value: YamlValue, at: Cursor): UlimitModel | undefined {
  if (!isYamlMap(value)) return toWhole(value, at);
  const soft = toWhole(value['soft'] ?? null, at);
  const hard = toWhole(value['hard'] ?? null, at);
  return soft === undefined || hard === undefined ? undefined : { soft, hard };
}

function toWhole(value: YamlValue, at: Cursor): number | undefined {
  const number = toNumber(value);
  if (value instanceof YamlFloat || number === undefined || !Number.isInteger(number)) {
    const type = value instanceof YamlFloat || typeof value === 'number' ? 'float64' : 'value';
    const reason = `invalid type ${type} for ulimits`;
    at.error({ code: 'invalid-ulimit', reason, hint: 'write a whole number, or soft and hard' });
    return undefined;
  }
  return number;
}

function printLimit(limit: UlimitModel): number | Record<string, number> {
  if (typeof limit === 'number') return limit === 0 ? {} : limit;
  return {
    ...(limit.soft !== 0 && { soft: limit.soft }),
    ...(limit.hard !== 0 && { hard: limit.hard }),
  };
}

/** Resource limits of the process, sorted by name. @source spec/stack-file.md 8.4 */
export const ulimits: KeySpec<Ulimits> = defineKey({
  codec: ulimitsCodec,
  support: 'supported',
  convert: (value, { draft }) => {
    const names = Object.keys(value).sort();
    const limits = names.map((Name) => {
      const limit = value[Name] ?? 0;
      return typeof limit === 'number'
        ? { Name, Soft: limit, Hard: limit }
        : { Name, Soft: limit.soft, Hard: limit.hard };
    });
    if (limits.length > 0) draft.container.Ulimits = limits;
  },
});
