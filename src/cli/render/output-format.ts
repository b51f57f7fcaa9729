import type { Listing } from './listing.ts';

/** One way to print a listing. */
export interface OutputFormat {
  /** The word after `--format`; for completion and help. */
  readonly name: string;
  /** Whether a value of `--format` means this format. */
  readonly matches: (format: string) => boolean;
  /**
   * @param format - the value of `--format`, `\t` and `\n` already replaced
   * @returns text for stdout, empty or ending with a line feed
   * @throws TemplateError
   */
  readonly render: (listing: Listing, format: string, quiet: boolean) => string;
}

/** Without blanks at either end; tabs and line ends count. @source spec/stack-file.md section 2.1 */
export function trimBlanks(template: string): string {
  return template.replace(/^ +| +$/g, '');
}
