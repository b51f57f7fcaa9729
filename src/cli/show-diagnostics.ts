import type { Diagnostic, SourceFile } from '../base/diagnostic.ts';
import { renderDiagnostics, type Paint, type Role } from '../base/render-diagnostic.ts';
import { colors } from './colors.ts';
import type { Platform } from './context.ts';

/** How roles look; a role that is not here stays plain. */
const COLORS: Readonly<Partial<Record<Role, (text: string) => string>>> = {
  place: colors.bold,
  error: colors.bold.red,
  warning: colors.bold.yellow,
  note: colors.cyan,
  gutter: colors.dim,
  caret: colors.red,
  hint: colors.green,
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

const paint: Paint = (role, text) => COLORS[role]?.(text) ?? text;

function readSource(
  file: string,
  { readFile, readStdin }: Pick<Platform, 'readFile' | 'readStdin'>,
): readonly SourceFile[] {
  const content =
    file === '<stdin>' ? { kind: 'data' as const, bytes: readStdin() } : readFile(file);
  if (content.kind === 'error') return [];
  return [{ file, text: new TextDecoder().decode(content.bytes) }];
}
