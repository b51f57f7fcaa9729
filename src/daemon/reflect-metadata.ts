/*
 * The part of the Reflect metadata proposal that @peculiar/x509 needs of its surroundings (through
 * tsyringe): data kept beside classes and their members. A side effect, to be imported before it.
 */

type Members = Map<PropertyKey | undefined, Map<unknown, unknown>>;

const metadata = new WeakMap<object, Members>();

function ownMetadata(key: unknown, target: object, member?: PropertyKey): unknown {
  return metadata.get(target)?.get(member)?.get(key);
}

function inheritedMetadata(key: unknown, target: object, member?: PropertyKey): unknown {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
    const found = ownMetadata(key, at, member);
    if (found !== undefined) return found;
  }
  return undefined;
}

function defineMetadata(key: unknown, value: unknown, target: object, member?: PropertyKey): void {
  const members: Members = metadata.get(target) ?? new Map();
  metadata.set(target, members);
  const values = members.get(member) ?? new Map<unknown, unknown>();
  members.set(member, values.set(key, value));
}

const functions = {
  defineMetadata,
  getMetadata: inheritedMetadata,
  getOwnMetadata: ownMetadata,
  hasMetadata: (key: unknown, target: object, member?: PropertyKey) =>
    inheritedMetadata(key, target, member) !== undefined,
  hasOwnMetadata: (key: unknown, target: object, member?: PropertyKey) =>
    ownMetadata(key, target, member) !== undefined,
  metadata:
    (key: unknown, value: unknown) =>
    (target: object, member?: PropertyKey): void =>
      defineMetadata(key, value, target, member),
};

for (const [name, value] of Object.entries(functions)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true });
}
