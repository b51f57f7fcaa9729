import type { StackFile } from './read-stack.ts';
import type { Path, Place } from './report.ts';
import { isYamlMap, type YamlValue } from './yaml-values.ts';

/**
 * Finds where a value of the merged model was written: in the last file that has it.
 *
 * A list that several files add to has no indices in common with them; then the place is the list.
 * @returns a function from paths of the merged model to places
 */
export function createOrigin(files: readonly StackFile[]): (path: Path) => Place {
  return (path) => {
    let best = { file: 0, depth: -1 };
    for (const [file, { value }] of files.entries()) {
      const depth = depthOf(value, path);
      if (depth >= best.depth) best = { file, depth };
    }
    const owners = files.filter(
      ({ value }) => depthOf(value, listPath(path)) === listPath(path).length,
    );
    const isShared = owners.length > 1 && listPath(path).length < path.length;
    const written = isShared ? listPath(path) : path.slice(0, best.depth);
    return files[best.file]?.place(written) ?? { file: best.file, path: written };
  };
}

/** The path up to its first index. */
function listPath(path: Path): Path {
  const index = path.findIndex((step) => typeof step === 'number');
  return index < 0 ? path : path.slice(0, index);
}

/** How many steps of the path exist. */
function depthOf(root: YamlValue, path: Path): number {
  let value = root;
  for (const [depth, step] of path.entries()) {
    const next = stepInto(value, step);
    if (next === undefined) return depth;
    value = next;
  }
  return path.length;
}

function stepInto(value: YamlValue, step: string | number): YamlValue | undefined {
  if (typeof step === 'number') {
    return Array.isArray(value) ? (value as readonly YamlValue[])[step] : undefined;
  }
  return isYamlMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
