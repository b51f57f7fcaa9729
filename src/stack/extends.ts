import { mergeServices } from './merge-trees.ts';
import { removePaths } from './merge-tags.ts';
import { directoryOf, resolvePath } from './paths.ts';
import { isTracedMap, type Traced } from './provenance.ts';
import type { ProjectEnv } from './project-env.ts';
import { openTree, type ReadContext, type ReadTree } from './read-tree.ts';
import type { Place } from './report.ts';
import { isYamlMap, type YamlMap } from './yaml-values.ts';

/** Services that extend one another end here. */
const MAX_CHAIN = 100;

/** One service on the way to the last base. */
interface Link {
  readonly file: number;
  readonly service: string;
  /** Where it says what it extends. */
  readonly place: Place;
}

/** What an `extends` says. */
interface Reference extends Link {
  readonly base: string;
  readonly path: string | undefined;
}

/**
 * Puts the keys of extended services into the services that extend them.
 *
 * Relative paths of a base from another file stay relative to that file. What a base refers to
 * (networks, volumes, other services) is not brought along; whoever extends it declares it.
 * @source compose-spec 05-services.md, extends
 */
export class ExtendsResolver {
  private readonly context: ReadContext;
  /** Files read for this purpose, by path, for each environment. */
  private readonly opened = new WeakMap<ProjectEnv, Map<string, ReadTree | undefined>>();
  private readonly services = new WeakMap<ReadTree, ReadonlyMap<string, Traced>>();
  private readonly resolved = new Map<string, Traced<YamlMap> | undefined>();

  constructor(context: ReadContext) {
    this.context = context;
  }

  /** The tree with all its services complete; a tree without `extends` is returned itself. */
  resolve(tree: ReadTree): Traced<YamlMap> {
    const written = this.servicesOf(tree);
    if (![...written.values()].some(({ value }) => hasExtends(value))) return tree.root;
    const { provenance } = this.context;
    const entries = new Map(written);
    for (const name of entries.keys()) {
      const service = this.service(tree, name, []);
      if (service) entries.set(name, service);
    }
    const root = provenance.entriesOf(tree.root);
    root.set('services', provenance.map(entries, root.get('services')?.place ?? tree.root.place));
    return provenance.map(root, tree.root.place);
  }

  private servicesOf(tree: ReadTree): ReadonlyMap<string, Traced> {
    const known = this.services.get(tree);
    if (known) return known;
    const { provenance } = this.context;
    const services = provenance.entriesOf(tree.root).get('services');
    const entries = services && isTracedMap(services) ? provenance.entriesOf(services) : new Map();
    this.services.set(tree, entries);
    return entries;
  }

  /** A service with everything it extends; undefined when that is reported as impossible. */
  private service(
    tree: ReadTree,
    name: string,
    chain: readonly Link[],
  ): Traced<YamlMap> | undefined {
    const key = `${tree.file} ${name}`;
    if (this.resolved.has(key)) return this.resolved.get(key);
    const own = this.ownService(tree, name);
    const reference = own && this.referenceOf(own, tree.file, name);
    const service = reference ? this.extended(own, { tree, reference, chain }) : own;
    this.resolved.set(key, service);
    return service;
  }

  private ownService(tree: ReadTree, name: string): Traced<YamlMap> | undefined {
    const own = this.servicesOf(tree).get(name);
    return own && isTracedMap(own) ? own : undefined;
  }

  private referenceOf(own: Traced<YamlMap>, file: number, service: string): Reference | undefined {
    const written = this.context.provenance.entriesOf(own).get('extends');
    if (!written || written.value === null) return undefined;
    const { value, place } = written;
    const word = (key: string): string | undefined => {
      const member = isYamlMap(value) ? value[key] : undefined;
      return typeof member === 'string' ? member : undefined;
    };
    const base = typeof value === 'string' ? value : (word('service') ?? '');
    return { file, service, place, base, path: word('file') };
  }

  private extended(
    own: Traced<YamlMap>,
    { tree, reference, chain }: { tree: ReadTree; reference: Reference; chain: readonly Link[] },
  ): Traced<YamlMap> | undefined {
    if (!this.mayFollow(reference, chain)) return undefined;
    const from = reference.path === undefined ? tree : this.open(reference, tree);
    if (!from) return undefined;
    if (!this.ownService(from, reference.base)) return this.reportMissing(reference, from);
    const base = this.service(from, reference.base, [...chain, reference]);
    if (!base) return undefined;
    const { provenance } = this.context;
    const replaced = tree.replaced
      .filter((path) => path[0] === 'services' && path[1] === reference.service)
      .map((path) => path.slice(2));
    const rest = removePaths(base, [['extends'], ...replaced], provenance) as Traced<YamlMap>;
    const over = removePaths(own, [['extends']], provenance) as Traced<YamlMap>;
    return mergeServices(rest, over, provenance);
  }

  private open({ path = '', place }: Reference, tree: ReadTree): ReadTree | undefined {
    const { directory, env } = this.context.book.scopeOf(tree.file);
    const absolute = resolvePath(directory, path);
    const known = this.opened.get(env) ?? new Map<string, ReadTree | undefined>();
    this.opened.set(env, known);
    if (!known.has(absolute)) {
      const scope = { directory: directoryOf(absolute), env };
      const at = { file: place.file, path: [...place.path, 'file'] };
      known.set(absolute, openTree({ path: absolute, place: at, scope }, this.context));
    }
    return known.get(absolute);
  }

  private mayFollow(reference: Reference, chain: readonly Link[]): boolean {
    const { book, report } = this.context;
    const names = [...chain, reference].map(
      ({ file, service }) => `${service} (${book.nameOf(file)})`,
    );
    const nameOf = (link: Link): string => `${book.nameOf(link.file)} ${link.service}`;
    const first = chain.findIndex((link) => nameOf(link) === nameOf(reference));
    if (first < 0 && chain.length < MAX_CHAIN) return true;
    const isCycle = first >= 0;
    const { place } = isCycle ? (chain.at(-1) ?? reference) : reference;
    report({
      code: isCycle ? 'extends-cycle' : 'extends-too-long',
      severity: 'error',
      message: isCycle
        ? `circular reference with extends: ${names.slice(first).join(' → ')}`
        : `more than ${MAX_CHAIN} services extend one another`,
      place,
      hint: isCycle ? 'remove one of these extends' : 'extend a service that is complete',
    });
    return false;
  }

  private reportMissing({ service, base, path, place }: Reference, from: ReadTree): undefined {
    const { book, report } = this.context;
    const names = [...this.servicesOf(from).keys()];
    const below = path === undefined ? [] : ['service'];
    report({
      code: 'extends-unknown-service',
      severity: 'error',
      message: `cannot extend service "${service}": service "${base}" not found in ${book.nameOf(from.file)}`,
      place: { file: place.file, path: [...place.path, ...below] },
      hint: names.length === 0 ? 'that file has no services' : `it has ${names.join(', ')}`,
    });
    return undefined;
  }
}

function hasExtends(service: unknown): boolean {
  return isYamlMap(service) && Object.hasOwn(service, 'extends');
}
