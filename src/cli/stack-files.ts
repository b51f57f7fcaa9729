import type { Diagnostic } from '../base/diagnostic.ts';
import { EXIT_CODE, UsageError, UserError } from '../base/errors.ts';
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

/** The flags of every command that reads stack files. */
export const STACK_FILE_OPTIONS = {
  composeFile: COMPOSE_FILE_OPTION,
  envFile: {
    kind: 'list',
    placeholder: 'FILE',
    help: 'Variables for the stack files; later ones win, the shell wins over all (default .env with compose-spec files)',
    complete: 'file',
  },
  profile: {
    kind: 'list',
    placeholder: 'NAME',
    help: 'Let services of this profile take part too, "*" is all (default COMPOSE_PROFILES)',
    complete: 'none',
  },
} as const;

interface LoadOptions extends StackFileFlags {
  readonly skipInterpolation?: boolean;
  /** Name of the stack, when the command says it. */
  readonly projectName?: string | undefined;
}

/** Values of `STACK_FILE_OPTIONS`. */
export interface StackFileFlags {
  readonly composeFile: readonly string[];
  readonly envFile: readonly string[];
  readonly profile: readonly string[];
}

/**
 * Reads stack files and says on stderr what deserves a warning.
 * @throws UsageError without a file, StackFileError with all problems
 */
export async function loadStackFiles(
  context: Context,
  { composeFile, envFile, profile, projectName, skipInterpolation = false }: LoadOptions,
): Promise<LoadedStack> {
  if (composeFile.length === 0) {
    throw new UsageError(
      'specify a Compose file (with --compose-file)',
      'For example -c compose.yml; there is no default file.',
    );
  }
  const { loadStack } = await import('../stack/pipeline.ts');
  const loaded = loadStack(composeFile, context, {
    compat: context.globals.compat,
    env: definedEntries(context.env),
    envFiles: envFile,
    profiles: profile,
    ...(projectName !== undefined && { projectName }),
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
  checkSelection(loaded);
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

/** Profiles that leave nothing are a flag forgotten, not a stack without services. */
function checkSelection({ model, profiles }: LoadedStack): void {
  if (profiles.length === 0 || Object.keys(model.services).length > 0) return;
  throw new UserError('no service is selected: every service has a profile and none is active', {
    code: 'no-service-selected',
    exitCode: EXIT_CODE.invalidFile,
    hint: `name some with --profile: ${profiles.join(', ')}, or '*' for all`,
  });
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
