import type { Diagnostic } from '../base/diagnostic.ts';
import { renderDiagnosticLines } from './render-diagnostic-lines.ts';
import type { Platform } from './context.ts';

/** Diagnostics as text for a person. */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  _platform: Pick<Platform, 'readFile' | 'readStdin'>,
  _color: boolean,
): string {
  return `${renderDiagnosticLines(diagnostics)}\n`;
}
