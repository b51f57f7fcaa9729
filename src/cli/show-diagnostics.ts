import type { Diagnostic, SourceFile } from '../base/diagnostic.ts';
import { renderDiagnostics, type Paint, type Role } from '../base/render-diagnostic.ts';
import type { Platform } from './context.ts';

/** SGR codes; a role that is not here stays plain. */
const COLORS: Readonly<Partial<Record<Role, string>>> = {
  place: '1',
  error: '1;31',
  warning: '1;33',
  note: '36',
  gutter: '2',
  caret: '31',
  hint: '32',
};

/**
 * Diagnostics as text for a person, with excerpts of the files they name; ends with a line feed.
 *
 * The files are read again: an error is rare, keeping every text at hand is not.
 */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  platform: Pick<Platform, 'readFile' | 'readStdin'>,
  color: boolean,
): string {
  const names = new Set(
    diagnostics.flatMap(({ span, related = [] }) =>
      [span, ...related.map((one) => one.span)].flatMap((one) => (one ? [one.file] : [])),
    ),
  );
  const sources = [...names].flatMap((file) => readSource(file, platform));
  return `${renderDiagnostics(diagnostics, sources, color ? paint : undefined)}\n`;
}

const paint: Paint = (role, text) => {
  const code = COLORS[role];
  return code === undefined ? text : `\u001B[${code}m${text}\u001B[0m`;
};

function readSource(
  file: string,
  { readFile, readStdin }: Pick<Platform, 'readFile' | 'readStdin'>,
): readonly SourceFile[] {
  const content =
    file === '<stdin>' ? { kind: 'data' as const, bytes: readStdin() } : readFile(file);
  if (content.kind === 'error') return [];
  return [{ file, text: new TextDecoder().decode(content.bytes) }];
}
