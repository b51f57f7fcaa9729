import type { ExitCode } from '../base/errors.ts';
import { ROOT } from './commands/index.ts';
import type { Launcher } from './main.ts';
import { runCommandLine } from './run-command-line.ts';
import { createSystemPlatform } from './system-platform.ts';

/** Runs a command line on this process: real streams, signals, exit code. */
export async function runProcess(argv: readonly string[], launcher: Launcher): Promise<ExitCode> {
  process.on('uncaughtException', endWithBug);
  process.on('unhandledRejection', endWithBug);
  return runCommandLine(argv, createSystemPlatform(launcher), ROOT);
}

/** Nothing may hang or exit 0 after a bug, so this ends the process. */
function endWithBug(error: unknown): void {
  void import('./describe-failure.ts').then(({ describeFailure }) => {
    const failure = describeFailure(error, {
      json: false,
      bare: false,
      color: false,
      debug: false,
      renderDiagnostics: () => '',
    });
    process.stderr.write(failure.text);
    process.exit(failure.exitCode);
  });
}
