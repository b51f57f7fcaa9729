import type { Diagnostic } from '../base/diagnostic.ts';
import { EXIT_CODE, StackFileError, UserError, type ExitCode } from '../base/errors.ts';
import { colors } from './colors.ts';
import { VERSION } from './version.ts';

/** How to show a failure. */
export interface FailureStyle {
  /** One JSON object in place of text. */
  readonly json: boolean;
  /** Bare messages, as the docker command prints them. */
  readonly bare: boolean;
  readonly color: boolean;
  /** Causes and stacks as well. */
  readonly debug: boolean;
  /** Draws the diagnostics of a StackFileError. */
  readonly renderDiagnostics: (diagnostics: readonly Diagnostic[], color: boolean) => string;
}

/** What the user sees of a failure, and the exit code it ends with. */
export interface Failure {
  /** For stderr; ends with a line feed. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Turns anything thrown into text and exit code. Pure. */
export function describeFailure(error: unknown, style: FailureStyle): Failure {
  if (!(error instanceof UserError)) return describeBug(error, style);
  const text = style.json ? toJsonLine(error) : toText(error, style);
  return { text: text + debugText(error, style), exitCode: error.exitCode };
}

function toText(error: UserError, style: FailureStyle): string {
  if (error instanceof StackFileError && error.diagnostics.length > 0) {
    return ensureNewline(style.renderDiagnostics(error.diagnostics, style.color));
  }
  if (style.bare) return ensureNewline(error.message);
  const hint = error.hint === undefined ? '' : `  hint: ${error.hint}\n`;
  return `${paint('error:', colors.bold.red, style)} ${ensureNewline(error.message)}${hint}`;
}

function toJsonLine(error: UserError): string {
  const { message, code, exitCode, hint } = error;
  const diagnostics = error instanceof StackFileError ? error.diagnostics : undefined;
  return `${JSON.stringify({ error: { code, message, hint, exitCode, diagnostics } })}\n`;
}

function describeBug(error: unknown, style: FailureStyle): Failure {
  const known = error instanceof Error ? error : new Error(String(error));
  const facts = `tstack ${VERSION}, node ${process.version}, ${process.platform} ${process.arch}`;
  const stack = known.stack ?? known.message;
  const text = style.json
    ? `${JSON.stringify({ error: { code: 'bug', message: known.message, exitCode: EXIT_CODE.bug, stack, facts } })}\n`
    : `${paint('bug:', colors.bold.red, style)} ${stack}\n  ${facts}\n` +
      '  hint: This is a defect of tstack, not of your files. Please report it with the lines above.\n';
  return { text: text + debugText(known, style), exitCode: EXIT_CODE.bug };
}

function debugText(error: Error, style: FailureStyle): string {
  if (!style.debug) return '';
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < 10; at = at.cause) {
    stacks.push(at.stack ?? at.message);
  }
  return `${paint(stacks.join('\ncaused by '), colors.dim, style)}\n`;
}

function paint(text: string, look: (text: string) => string, style: FailureStyle): string {
  return style.color ? look(text) : text;
}

function ensureNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
