/** One text stream of the process, and what it can show. */
export interface Output {
  /** Drops the text when the reader has gone away. */
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width for wrapping; 80 when unknown. */
  readonly columns: number;
  /** Whether colour is wanted. */
  readonly color: boolean;
  /** Whether the reader has gone away (`tstack ps | head -1`). */
  readonly isClosed: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Decides on colour.
 *
 * The flag wins, then CLICOLOR_FORCE and FORCE_COLOR, then NO_COLOR and TERM=dumb, then the terminal.
 * @source no-color.org, bixense.com/clicolors
 */
export function wantsColor(
  choice: 'auto' | 'always' | 'never',
  env: Environment,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (isSet(env['CLICOLOR_FORCE']) || isSet(env['FORCE_COLOR'])) return true;
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb' && env['CLICOLOR'] !== '0';
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '0';
}
