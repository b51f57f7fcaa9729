import type { Diagnostic } from '../base/diagnostic.ts';

/** Diagnostics without excerpts, one line each plus the hint. */
export function renderDiagnosticLines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(renderOne).join('\n');
}

function renderOne({ severity, code, message, span, hint }: Diagnostic): string {
  const place = span ? `${span.file}:${span.start.line}:${span.start.column}: ` : '';
  const line = `${place}${severity} ${code}: ${message}`;
  return hint === undefined ? line : `${line}\n  hint: ${hint}`;
}
