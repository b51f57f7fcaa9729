import type { Diagnostic } from '../base/diagnostic.ts';
import { UsageError } from '../base/errors.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Context } from './context.ts';

/** The flag `-c, --compose-file`. */
export const COMPOSE_FILE_OPTION = {
  kind: 'list',
  csv: true,
  short: 'c',
  placeholder: 'FILE',
  help: 'Stack file; several are merged left to right, "-" is standard input',
  complete: 'file',
} as const;

interface LoadOptions {
  /** As given to `-c`. */
  readonly paths: readonly string[];
  readonly skipInterpolation?: boolean;
}

/**
 * Reads stack files and says on stderr what deserves a warning.
 * @throws UsageError without a file, StackFileError with all problems
 */
export async function loadStackFiles(
  context: Context,
  { paths, skipInterpolation = false }: LoadOptions,
): Promise<LoadedStack> {
  if (paths.length === 0) {
    throw new UsageError(
      'specify a Compose file (with --compose-file)',
      'For example -c compose.yml; there is no default file.',
    );
  }
  const { loadStack } = await import('../stack/pipeline.ts');
  const loaded = loadStack(paths, context, {
    compat: context.globals.compat,
    env: definedEntries(context.env),
    skipInterpolation,
  });
  await warn(context, loaded.diagnostics);
  return loaded;
}

/**
 * Turns loaded files into requests to the engine, and names the keys that have no effect.
 * @throws StackFileError
 */
export async function toStackSpec(
  context: Context,
  loaded: LoadedStack,
  stack: string,
): Promise<StackSpec> {
  const { unsupported, deprecated } = loaded.notices;
  if (unsupported.length > 0) {
    context.stderr.write(`Ignoring unsupported options: ${unsupported.join(', ')}\n\n`);
  }
  if (deprecated.length > 0) {
    const lines = deprecated.map(({ key, reason }) => `${key}: ${reason}\n\n`);
    context.stderr.write(`Ignoring deprecated options:\n\n${lines.join('')}`);
  }
  const { convertLoadedStack } = await import('../stack/pipeline.ts');
  const { spec, diagnostics } = convertLoadedStack(loaded, stack);
  await warn(context, diagnostics);
  return spec;
}

async function warn(context: Context, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (diagnostics.length === 0) return;
  const { showDiagnostics } = await import('./show-diagnostics.ts');
  context.stderr.write(showDiagnostics(diagnostics, context, context.stderr.color));
}

function definedEntries(env: Context['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
