import type { FieldChange } from './plan.ts';

/** Words for the fields people change most; other fields go by their own path. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^TaskTemplate\.ContainerSpec\.Image$/, 'image'],
  [/^Mode\.Replicated\.Replicas$/, 'replicas'],
  [/^TaskTemplate\.ContainerSpec\.Env$/, 'environment'],
  [/^TaskTemplate\.ContainerSpec\.Labels\./, 'container label '],
  [/^Labels\./, 'label '],
  [/^TaskTemplate\.ContainerSpec\.Configs\[\d+\]\.ConfigName$/, 'config'],
  [/^TaskTemplate\.ContainerSpec\.Secrets\[\d+\]\.SecretName$/, 'secret'],
  [/^TaskTemplate\.ContainerSpec\./, ''],
  [/^TaskTemplate\./, ''],
];

/** Longest value shown in full; beyond it only the fact of the change is. */
const MAX_VALUE = 80;

/** The changes in one phrase: `image nginx:1.26 → nginx:1.27; replicas 2 → 3`. */
export function describeChanges(changes: readonly FieldChange[]): string {
  return changes.map(describeChange).join('; ');
}

/** One change in words: `replicas 2 → 3`, `environment +A=1 -B=2`. */
export function describeChange(change: FieldChange): string {
  const name = fieldName(change.path);
  if (Array.isArray(change.from) || Array.isArray(change.to)) {
    const [from, to] = [listOf(change.from), listOf(change.to)];
    const words = [
      ...to.filter((item) => !from.includes(item)).map((item) => `+${item}`),
      ...from.filter((item) => !to.includes(item)).map((item) => `-${item}`),
    ];
    return shorten(`${name} ${words.length > 0 ? words.join(' ') : 'reordered'}`, name);
  }
  const [from, to] = [valueOf(change.from), valueOf(change.to)];
  if (change.from === undefined) return shorten(`${name} +${to}`, name);
  if (change.to === undefined) return shorten(`${name} -${from}`, name);
  return shorten(`${name} ${from} → ${to}`, name);
}

/** A field as people call it: `image`, `replicas`; others by their own path. */
export function fieldName(path: string): string {
  const known = WORDS.find(([pattern]) => pattern.test(path));
  return known ? path.replace(known[0], known[1]) : path;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(valueOf) : [];
}

/** A value in words; `none` for one that is absent. */
export function valueWords(value: unknown): string {
  return Array.isArray(value) ? listOf(value).join(' ') : valueOf(value);
}

function valueOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? withoutDigest(value) : JSON.stringify(value);
}

/** `nginx:1.27@sha256:0123…`, shortened to 12 hex digits as docker does with ids. */
function withoutDigest(value: string): string {
  return value.replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}$/, '@sha256:$1');
}

function shorten(text: string, name: string): string {
  return text.length <= name.length + 2 * MAX_VALUE ? text : `${name} changed`;
}
