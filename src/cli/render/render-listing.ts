import { EXIT_CODE, UserError } from '../../base/errors.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { TemplateError } from '../../base/go-template/template-error.ts';
import { OUTPUT_FORMATS } from './index.ts';
import type { Listing } from './listing.ts';

interface RenderOptions {
  /** As given to `--format`; undefined or empty means the default table. */
  readonly format: string | undefined;
  /** Print only the ids. */
  readonly quiet?: boolean;
}

/**
 * Prints a listing in the format the user asked for.
 * @throws UserError `template parsing error: …` with the known fields as hint
 * @source spec/stack-file.md section 2.1
 */
export function renderListing(listing: Listing, { format, quiet }: RenderOptions): string {
  const text = format ?? '';
  const chosen = text === '' ? 'table' : text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  try {
    const output = OUTPUT_FORMATS.find((one) => one.matches(chosen));
    return output?.render(listing, chosen, quiet ?? false) ?? '';
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UserError(`template parsing error: ${error.message}`, {
      code: 'bad-template',
      exitCode: EXIT_CODE.failed,
      hint: fieldHint(error.message, Object.keys(listing.titles)),
      cause: error,
    });
  }
}

function fieldHint(message: string, fields: readonly string[]): string | undefined {
  const wrong = /evaluate field (\S+)/.exec(message)?.[1];
  if (wrong === undefined) return undefined;
  const near = didYouMean(wrong, fields);
  const all = fields.map((field) => `.${field}`).join(' ');
  return near === undefined ? `Fields: ${all}` : `Did you mean .${near}? Fields: ${all}`;
}
