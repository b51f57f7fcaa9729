import { ExtendsResolver } from './extends.ts';
import { importIncluded } from './include.ts';
import { removePaths } from './merge-tags.ts';
import { mergeTrees } from './merge-trees.ts';
import type { Traced } from './provenance.ts';
import type { ReadContext, ReadTree } from './read-tree.ts';
import type { YamlMap } from './yaml-values.ts';

/**
 * Makes one tree of the files of a Compose project: extends, merge, include, in this order.
 *
 * @param chain - absolute path of the first file; files that include it again are refused
 * @source compose-spec 05-services.md (extends), 13-merge.md, 14-include.md
 */
export function joinProject(
  trees: readonly ReadTree[],
  chain: readonly string[],
  context: ReadContext,
): Traced<YamlMap> | undefined {
  const resolver = new ExtendsResolver(context);
  const join = (
    files: readonly ReadTree[],
    path: readonly string[],
  ): Traced<YamlMap> | undefined => {
    let merged: Traced<YamlMap> | undefined;
    for (const file of files) {
      const root = resolver.resolve(file);
      merged = merged
        ? mergeTrees(withoutReplaced(merged, file, context), root, context.provenance)
        : root;
    }
    return merged && importIncluded(merged, { ...context, join, chain: path });
  };
  return join(trees, chain);
}

function withoutReplaced(
  base: Traced<YamlMap>,
  { replaced }: ReadTree,
  { provenance }: ReadContext,
): Traced<YamlMap> {
  return removePaths(base, replaced, provenance) as Traced<YamlMap>;
}
