/** Keys whose value is a map: an empty one and none are the same on the wire. */
const MAPS: ReadonlySet<string> = new Set(['Labels', 'Options', 'Sysctls', 'DriverOpts']);

/** Optional scalars the wire keeps apart from their zero value. */
const ZERO_IS_SET: ReadonlySet<string> = new Set(['Init', 'StopGracePeriod', 'Delay', 'Window']);

/** Words that stand for an absent value. */
const DEFAULT_WORDS: Readonly<Record<string, string>> = {
  Protocol: 'tcp',
  PublishMode: 'ingress',
  Isolation: 'default',
  Consistency: 'default',
  Runtime: 'container',
};

/**
 * Whether two Engine API values mean the same to a Swarm manager.
 *
 * Deep; keys may stand in any order, lists may not. Absent, null, zero, the empty string and the
 * empty list are one value, as on the managers' own wire; an empty *object* differs from an absent
 * one unless it is a map of strings.
 * @source swarmkit manager/orchestrator/task.go (reflect.DeepEqual of decoded messages); spec 13.3
 */
export function isSameMessage(a: unknown, b: unknown, key = ''): boolean {
  if (a === b) return true;
  if (isAbsent(a, key)) return isAbsent(b, key);
  if (isAbsent(b, key)) return false;
  if (Array.isArray(a) || Array.isArray(b)) return isSameList(a, b);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return isSameRecord(a as Fields, b as Fields, key);
}

type Fields = Readonly<Record<string, unknown>>;

function isSameList(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, at) => isSameMessage(item, b[at]));
}

function isSameRecord(a: Fields, b: Fields, key: string): boolean {
  // In a map every key counts, whatever its value: `{a: ''}` is not `{}`.
  if (MAPS.has(key)) return isSameMap(a, b);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) =>
    isSameMessage(a[name], b[name], name),
  );
}

function isSameMap(a: Fields, b: Fields): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => name in b && isSameMessage(a[name], b[name]));
}

function isAbsent(value: unknown, key: string): boolean {
  if (value === undefined || value === null) return true;
  if (ZERO_IS_SET.has(key)) return false;
  if (value === '' || value === 0 || value === false || value === DEFAULT_WORDS[key]) return true;
  if (Array.isArray(value)) return value.length === 0;
  return MAPS.has(key) && typeof value === 'object' && Object.keys(value).length === 0;
}
