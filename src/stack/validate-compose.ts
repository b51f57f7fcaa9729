import { violationsOf } from './check-structure.ts';
import { STACK_FILE } from './keys/table/index.ts';
import type { Report } from './report.ts';
import { explain } from './validate.ts';
import type { YamlMap } from './yaml-values.ts';

/** One interpolated file of the Compose Specification's format. */
interface ComposeInput {
  readonly file: number;
  readonly tree: YamlMap;
}

/**
 * Reports everything in a file that the Compose Specification does not allow, in docker's words.
 *
 * @source compose-spec; the key table in keys/table
 */
export function validateCompose({ file, tree }: ComposeInput, report: Report): void {
  for (const { keyword, path, params } of violationsOf(tree, STACK_FILE)) {
    // Already reported as forbidden, with a better text.
    if (params['additionalProperty'] === 'volume_driver' && path.length === 2) continue;
    const problem = explain({ keyword, params }, path, tree);
    if (problem) report({ severity: 'error', ...problem, place: { file, ...problem.place } });
  }
}
