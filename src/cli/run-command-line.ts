import { chooseCi } from './ci/choose-ci.ts';
import { EXIT_CODE, UsageError, type ExitCode } from '../base/errors.ts';
import { createContext, type Environment, type Platform } from './context.ts';
import type { CommandGroup } from './define-command.ts';
import type { GlobalValues } from './global-options.ts';
import { wantsColor } from './output.ts';
import { selectCommand, type Selection } from './select-command.ts';

/**
 * Runs one command line on a platform; never throws.
 * @param root - the registry of commands
 * @returns the exit code, one of EXIT_CODE
 */
export async function runCommandLine(
  argv: readonly string[],
  platform: Platform,
  root: CommandGroup,
): Promise<ExitCode> {
  try {
    return await dispatch(argv, platform, root);
  } catch (error) {
    return await fail(error, argv, platform);
  }
}

async function dispatch(
  argv: readonly string[],
  platform: Platform,
  root: CommandGroup,
): Promise<ExitCode> {
  if (argv[0] === '__complete') {
    const { answerCompletion } = await import('./complete/answer.ts');
    platform.stdout.write(await answerCompletion(argv.slice(1), platform, root));
    return EXIT_CODE.ok;
  }
  const selection = selectCommand(argv, root);
  if (!selection.command) return showGroup(selection, platform);
  const { parseCommandLine } = await import('./parse-command-line.ts');
  const { command, path, rest } = selection;
  const invocation = parseCommandLine(command, path, { rest, env: platform.env });
  const context = createContext(platform, invocation.globals, root);
  if (invocation.globals.help) {
    const { renderCommandHelp } = await import('./help/render-help.ts');
    context.stdout.write(renderCommandHelp(command, path, context.stdout));
    return EXIT_CODE.ok;
  }
  for (const notice of invocation.notices) context.stderr.write(`${notice}\n`);
  checkGlobals(invocation.globals);
  try {
    return await command.run(invocation.values, context);
  } finally {
    context.close();
  }
}

/** Parity: without a command the help goes to stderr, with `--help` to stdout; both are exit 0. */
async function showGroup(selection: Selection, platform: Platform): Promise<ExitCode> {
  const { renderGroupHelp } = await import('./help/render-help.ts');
  const asked = selection.rest.some((token) => token === '--help' || token === '-h');
  const stream = asked ? platform.stdout : platform.stderr;
  const color = wantsColor('auto', platform.env, stream.isTerminal);
  stream.write(
    renderGroupHelp(selection.group, selection.path, { columns: stream.columns, color }),
  );
  return EXIT_CODE.ok;
}

/** @source spec/engine-api.md section 19.1 */
function checkGlobals(globals: GlobalValues): void {
  if (globals.host.length > 0 && globals.context !== undefined) {
    throw new UsageError('conflicting options: cannot specify both --host and --context');
  }
}

/**
 * Prints a failure on stderr.
 *
 * Flags are read from argv by hand: the failure may be that argv could not be parsed.
 */
async function fail(
  error: unknown,
  argv: readonly string[],
  platform: Platform,
): Promise<ExitCode> {
  const { env, stderr } = platform;
  const [{ describeFailure }, { showDiagnostics }] = await Promise.all([
    import('./describe-failure.ts'),
    import('./show-diagnostics.ts'),
  ]);
  const failure = describeFailure(error, {
    json: isChosen(argv, env, 'format', 'json') || isChosen(argv, env, 'progress', 'json'),
    bare: isChosen(argv, env, 'compat', 'docker'),
    color:
      !isChosen(argv, env, 'color', 'never') &&
      wantsColor(
        isChosen(argv, env, 'color', 'always') ? 'always' : 'auto',
        env,
        stderr.isTerminal,
      ),
    debug: argv.includes('--debug') || argv.includes('-D'),
    renderDiagnostics: (diagnostics, color) => showDiagnostics(diagnostics, platform, color),
  });
  stderr.write(failure.text);
  const isSaid = (['github', 'gitlab', 'off'] as const).find((word) =>
    isChosen(argv, env, 'ci', word),
  );
  if (chooseCi(isSaid ?? 'auto', env) === 'github' && !isChosen(argv, env, 'compat', 'docker')) {
    const { githubError } = await import('./ci/github-commands.ts');
    stderr.write(githubError(error));
  }
  return failure.exitCode;
}

function isChosen(argv: readonly string[], env: Environment, flag: string, word: string): boolean {
  const at = argv.findLastIndex((token) => token === `--${flag}` || token.startsWith(`--${flag}=`));
  if (at < 0) return env[`TSTACK_${flag.toUpperCase()}`] === word;
  return argv[at] === `--${flag}=${word}` || (argv[at] === `--${flag}` && argv[at + 1] === word);
}
