import type { YamlValue } from '../yaml-values.ts';
import { Composer } from './compose.ts';
import type { LocatedNode } from './located-node.ts';
import type { MergeMarks } from './merge-marks.ts';
import { YamlError, type YamlProblem } from './yaml-error.ts';

/**
 * The value of a text's first document, fast and without places.
 *
 * @throws YamlError with the first problem only
 */
export function readYamlValue(text: string): YamlValue {
  return readMarkedYaml(text).value;
}

/** As `readYamlValue`, with the tags for merging. */
export function readMarkedYaml(text: string): {
  readonly value: YamlValue;
  readonly marks: MergeMarks;
} {
  const composer = new Composer(
    text,
    (problem) => {
      throw new YamlError(problem);
    },
    false,
  );
  return { value: composer.document().value, marks: composer.marks };
}

/** A text's first document with places, or everything that is wrong with it. */
export interface LocatedYaml {
  readonly value: YamlValue;
  /** Absent when the text cannot be read to the end. */
  readonly root: LocatedNode | undefined;
  readonly problems: readonly YamlProblem[];
}

/** Reads again, slower, with places; collects problems as far as reading can go on. */
export function readLocatedYaml(text: string): LocatedYaml {
  const problems: YamlProblem[] = [];
  try {
    const { value, node } = new Composer(text, (one) => problems.push(one), true).document();
    return { value, root: node, problems };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { value: null, root: undefined, problems: [...problems, error.problem] };
  }
}
