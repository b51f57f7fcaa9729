import type { LoadedStack } from '../stack/pipeline.ts';
import type { Context } from './context.ts';

/**
 * Says on stderr what is probably not meant in stack files.
 * @returns how many findings there are
 */
export async function showLint(context: Context, loaded: LoadedStack): Promise<number> {
  if (context.globals.compat === 'docker') return 0;
  const { lintStack } = await import('../stack/lint/index.ts');
  const findings = lintStack(loaded);
  if (findings.length > 0) {
    const { showDiagnostics } = await import('./show-diagnostics.ts');
    context.stderr.write(showDiagnostics(findings, context, context.stderr.color));
  }
  return findings.length;
}
