import type { World } from './world.ts';

/** The kinds of objects that scenarios refer to by name. */
export type NamedKind = 'service' | 'secret' | 'config' | 'network';

/** Names in scenarios, ids in the cluster: replaces the one by the other, both ways. */
export class Names {
  readonly #world: World;
  readonly #ids = new Map<string, string>();
  readonly #labels = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  set(kind: NamedKind, name: string, id: string): void {
    this.#ids.set(`${kind}:${name}`, id);
    this.#labels.set(id, `<${kind}:${name}>`);
  }

  /** The id of an object the scenario made; undefined when it did not. */
  get(kind: NamedKind, name: string): string | undefined {
    return this.#ids.get(`${kind}:${name}`);
  }

  /** The scenario's name of a node. */
  node(id: string | undefined): string {
    if (id === undefined) return '(none)';
    for (const member of this.#world.members.values()) if (member.id === id) return member.name;
    return '?';
  }

  /** Fills in `{{id:n2}}`, `{{service:web}}` and the like; other braces stay. */
  resolve<T>(value: T): T {
    if (typeof value === 'string') {
      return value.replace(
        /\{\{(id|hostname|ip|service|secret|config|network):([^}]+)\}\}/g,
        (_, kind: string, name: string) => this.#resolve(kind, name),
      ) as T;
    }
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [this.resolve(key), this.resolve(one)]),
    ) as T;
  }

  /** Hides generated values, as the recordings do. */
  mask(value: unknown): unknown {
    if (typeof value === 'string') return this.maskText(value);
    if (Array.isArray(value)) return value.map((one) => this.mask(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [this.maskText(key), this.mask(one)]),
    );
  }

  /** {@link mask} of one text. */
  maskText(text: string): string {
    return text
      .replace(/\b[0-9a-f]{64}\b/g, '<container>')
      .replace(/\b[0-9a-z]{25}\b/g, (id) => this.#labelOf(id))
      .replace(/\b10\.\d+\.\d+\.\d+(\/\d+)?\b/g, '<ip>');
  }

  #resolve(kind: string, name: string): string {
    if (kind === 'id' || kind === 'hostname' || kind === 'ip') {
      return this.#world.member(name)[kind];
    }
    return this.get(kind as NamedKind, name) ?? '';
  }

  #labelOf(id: string): string {
    const label = this.#labels.get(id);
    if (label !== undefined) return label;
    const node = [...this.#world.members.values()].find((member) => member.id === id);
    if (node) return `<node:${node.name}>`;
    return this.#world.cluster.store.view.get('task', id as never) ? '<task>' : '<id>';
  }
}
