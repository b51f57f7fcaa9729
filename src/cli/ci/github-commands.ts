import type { Diagnostic, Span } from '../../base/diagnostic.ts';
import { StackFileError, UserError } from '../../base/errors.ts';

/** One remark on a run, maybe on a line of a file. */
export interface Annotation {
  readonly severity: Diagnostic['severity'];
  readonly title: string;
  readonly message: string;
  readonly span?: Span | undefined;
}

const COMMANDS: Readonly<Record<Diagnostic['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
};

/**
 * A workflow command that annotates a run, one line.
 * @source GitHub docs, "Workflow commands": `::error file={name},line={line},col={col},title={title}::{message}`
 */
export function githubCommand({ severity, title, message, span }: Annotation): string {
  const place = span
    ? `file=${escapeProperty(span.file)},line=${span.start.line},col=${span.start.column},endLine=${span.end.line},`
    : '';
  const text = escapeData(message);
  return `::${COMMANDS[severity]} ${place}title=${escapeProperty(title)}::${text}\n`;
}

/** Whatever ended a command, as annotations. */
export function githubError(error: unknown): string {
  if (error instanceof StackFileError && error.diagnostics.length > 0) {
    return githubDiagnostics(error.diagnostics);
  }
  const title = error instanceof UserError ? error.code : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  return githubCommand({ severity: 'error', title, message });
}

/** What is wrong with stack files. */
function githubDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ code, severity, message, span, hint }) => {
      const text = hint === undefined ? message : `${message}\n${hint}`;
      return githubCommand({ severity, title: code, message: text, span });
    })
    .join('');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
