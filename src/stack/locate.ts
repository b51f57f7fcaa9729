import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { LineIndex } from './line-index.ts';
import type { StackSource } from './load.ts';
import type { Place, Problem } from './report.ts';
import type { LocatedEntry, LocatedNode } from './yaml/located-node.ts';
import type { Extent } from './yaml/yaml-error.ts';
import { readLocatedYaml } from './yaml/read-yaml.ts';

/** Finds places in the sources; the nearest existing parent when the exact path does not exist. */
export type Locate = (place: Place) => Span | undefined;

interface LocatedSource {
  readonly root: LocatedNode | undefined;
  readonly index: LineIndex;
}

/**
 * A finder of places, which reads a file again (with places) when it is first asked about it.
 *
 * Through an alias or a merge key it finds the text that really gives the value.
 */
export function createLocator(sources: readonly StackSource[]): Locate {
  const located = new Map<number, LocatedSource>();
  return ({ file, path, part = 'value' }) => {
    const source = sources[file];
    if (!source) return undefined;
    const known = located.get(file) ?? locateSource(source);
    located.set(file, known);
    if (!known.root) return undefined;
    return known.index.span(find(known.root, path, part));
  };
}

function locateSource({ name, text }: StackSource): LocatedSource {
  return { root: readLocatedYaml(text).root, index: new LineIndex(name, text) };
}

function find(root: LocatedNode, path: Place['path'], part: 'key' | 'value'): Extent {
  let node = root;
  let key: Extent | undefined;
  for (const step of path) {
    const entry: LocatedEntry | undefined =
      typeof step === 'string' ? node.entries?.get(step) : undefined;
    const next = typeof step === 'string' ? entry?.node : node.items?.[step];
    // What is missing is best shown where it should be: at the key of its parent.
    if (!next) return key ?? node;
    key = entry?.key;
    node = next;
  }
  return part === 'key' && key ? key : node;
}

/** A problem with its places turned into spans. */
export function toDiagnostic(problem: Problem, locate: Locate): Diagnostic {
  const spanOf = (one: { readonly span?: Span | undefined; readonly place?: Place | undefined }) =>
    one.span ?? (one.place && locate(one.place));
  const { code, severity, message, hint } = problem;
  const related = (problem.related ?? []).flatMap((one) => {
    const span = spanOf(one);
    return span ? [{ message: one.message, span }] : [];
  });
  return {
    code,
    severity,
    message,
    span: spanOf(problem),
    ...(related.length > 0 ? { related } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}
