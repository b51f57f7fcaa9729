import { didYouMean } from '../../base/did-you-mean.ts';
import { UsageError } from '../../base/errors.ts';
import type { Explanation } from './explanation.ts';
import { EXPLANATIONS } from './index.ts';

/** How an explanation is printed. */
export type ExplainFormat = 'text' | 'json' | 'markdown';

/**
 * Cause, example and fix of a code.
 * @throws UsageError for a code that does not exist
 */
export function explainCode(code: string, format: ExplainFormat): string {
  if (!Object.hasOwn(EXPLANATIONS, code)) {
    const closest = didYouMean(code, Object.keys(EXPLANATIONS));
    throw new UsageError(
      `there is no diagnostic "${code}"`,
      closest === undefined
        ? 'Codes stand in the first line of a message; tstack explain codes lists them all.'
        : `Did you mean ${closest}?`,
    );
  }
  return PRINT[format]([[code, EXPLANATIONS[code] as Explanation]]);
}

/** All codes. */
export function explainAllCodes(format: ExplainFormat): string {
  return PRINT[format](Object.entries(EXPLANATIONS).sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Entries = readonly (readonly [string, Explanation])[];

const PRINT: Readonly<Record<ExplainFormat, (entries: Entries) => string>> = {
  text: (entries) =>
    entries
      .map(
        ([code, { cause, example, fix }]) =>
          `${code}\n  ${cause}\n  for example  ${example}\n  what to do   ${fix}\n`,
      )
      .join('\n'),
  json: (entries) => {
    const list = entries.map(([code, explanation]) => ({ code, ...explanation }));
    return `${JSON.stringify(list.length === 1 ? list[0] : list, null, 2)}\n`;
  },
  markdown: (entries) =>
    entries
      .map(
        ([code, { cause, example, fix }]) =>
          `### ${code}\n\n${cause}\n\n- Example: \`${example}\`\n- What to do: ${fix}\n`,
      )
      .join('\n'),
};
