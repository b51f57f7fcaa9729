import { extensionViolations } from '../keys/x-tstack-table.ts';
import { explain } from '../validate.ts';
import type { ModelRule } from './rule.ts';
import type { StackModel } from '../model.ts';
import type { YamlMap } from '../yaml-values.ts';

/** Keys of `x-tstack` are ours, so a misspelt one is an error in every format. @source D-0221 */
export const xTstackIsKnown: ModelRule = (model, { report }) => {
  for (const { keyword, path, params } of extensionViolations(model)) {
    const problem = explain({ keyword, params }, path, treeOf(model));
    if (!problem) continue;
    const { place, ...rest } = problem;
    report(place.path, { ...rest, severity: 'error' });
  }
};

/** As much of the file as the explanation looks at. */
function treeOf({ extensions }: StackModel): YamlMap {
  return { ...extensions };
}
