import type { Path } from './report.ts';
import { YamlFloat, type YamlScalar } from './yaml-values.ts';

type Kind = 'int' | 'mode' | 'float' | 'bool';

/**
 * Places where a string that came out of a variable becomes something else.
 *
 * `*` is any key, `[]` any list index. `mode` is an integer which, as in YAML, may be octal.
 * @source spec/stack-file.md section 6.4
 */
const CASTS: Readonly<Record<Kind, readonly string[]>> = {
  mode: ['services.*.configs.[].mode', 'services.*.secrets.[].mode'],
  int: [
    'services.*.healthcheck.retries',
    'services.*.deploy.replicas',
    'services.*.deploy.update_config.parallelism',
    'services.*.deploy.rollback_config.parallelism',
    'services.*.deploy.restart_policy.max_attempts',
    'services.*.deploy.placement.max_replicas_per_node',
    'services.*.ports.[].target',
    'services.*.ports.[].published',
    'services.*.ulimits.*',
    'services.*.ulimits.*.hard',
    'services.*.ulimits.*.soft',
    'services.*.oom_score_adj',
  ],
  float: [
    'services.*.deploy.update_config.max_failure_ratio',
    'services.*.deploy.rollback_config.max_failure_ratio',
  ],
  bool: [
    'services.*.healthcheck.disable',
    'services.*.privileged',
    'services.*.read_only',
    'services.*.stdin_open',
    'services.*.tty',
    'services.*.volumes.[].read_only',
    'services.*.volumes.[].volume.nocopy',
    'networks.*.external',
    'networks.*.internal',
    'networks.*.attachable',
    'volumes.*.external',
    'secrets.*.external',
    'configs.*.external',
  ],
};

interface Cast {
  readonly kind: Kind;
  readonly pattern: readonly string[];
}

const PATTERNS: readonly Cast[] = (Object.keys(CASTS) as Kind[]).flatMap((kind) =>
  CASTS[kind].map((pattern) => ({ kind, pattern: pattern.split('.') })),
);

/** What a cast gave, or docker's words for why it did not. */
export type CastResult =
  | { readonly kind: 'value'; readonly value: YamlScalar }
  | { readonly kind: 'error'; readonly reason: string };

/**
 * Casts a substituted string as its place asks.
 *
 * @param octalModes - whether `0440` in a file mode is octal, as it is when written in the file;
 *   docker reads it as decimal
 */
export function castAt(path: Path, text: string, octalModes: boolean): CastResult {
  const cast = PATTERNS.find(({ pattern }) => matches(pattern, path));
  switch (cast?.kind) {
    case undefined:
      return { kind: 'value', value: text };
    case 'bool':
      return toBoolean(text);
    case 'float':
      return toFloat(text);
    case 'mode':
      if (octalModes && /^0[0-7]+$/.test(text)) {
        return { kind: 'value', value: Number.parseInt(text, 8) };
      }
      return toInteger(text);
    case 'int':
      return toInteger(text);
  }
}

function matches(pattern: readonly string[], path: Path): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((part, at) => {
      const step = path[at];
      if (part === '[]') return typeof step === 'number';
      return typeof step === 'string' && (part === '*' || part === step);
    })
  );
}

function toBoolean(text: string): CastResult {
  const word = text.toLowerCase();
  if (['y', 'yes', 'true', 'on'].includes(word)) return { kind: 'value', value: true };
  if (['n', 'no', 'false', 'off'].includes(word)) return { kind: 'value', value: false };
  return { kind: 'error', reason: `invalid boolean: ${text}` };
}

function toInteger(text: string): CastResult {
  const asGo = (why: string): CastResult => ({
    kind: 'error',
    reason: `strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`,
  });
  if (!/^[-+]?\d+$/.test(text)) return asGo('invalid syntax');
  const value = BigInt(text.replace(/^\+/, ''));
  if (BigInt.asIntN(64, value) !== value) return asGo('value out of range');
  const number = Number(value);
  return { kind: 'value', value: Number.isSafeInteger(number) ? number : value };
}

function toFloat(text: string): CastResult {
  const isNumber = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text);
  const value = Number(text);
  if (isNumber && Number.isFinite(value)) {
    return { kind: 'value', value: Number.isInteger(value) ? new YamlFloat(value) : value };
  }
  const why = isNumber ? 'value out of range' : 'invalid syntax';
  return { kind: 'error', reason: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${why}` };
}
