import { EXIT_CODE, type ExitCode } from '../base/errors.ts';
import { METADATA_COMMAND, pluginArgv, pluginMetadata } from './docker-plugin.ts';
import { openStream } from './process-stream.ts';
import { VERSION } from './version.ts';

/** What bin/ can do for the program. */
export interface Launcher {
  /** Has V8 optimise later, for much work that is done once. */
  readonly optimiseLate: () => void;
}

/** For callers that are not bin/. */
const NO_LAUNCHER: Launcher = { optimiseLate: () => undefined };

/**
 * Runs the command line of this process.
 *
 * Kept small: `--version` must cost no more than Node itself.
 * @param argv - without node and script
 * @returns the exit code; unhandled rejections end the process with 70 instead
 */
export async function main(
  argv: readonly string[],
  launcher: Launcher = NO_LAUNCHER,
): Promise<ExitCode> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    openStream(1, () => process.stdout).write(`tstack ${VERSION}\n`);
    return EXIT_CODE.ok;
  }
  const { runProcess } = await import('./run-process.ts');
  return runProcess(argv, launcher);
}

/** Runs this process as the docker CLI plugin `docker-tstack`: `docker tstack deploy …`. */
export async function pluginMain(argv: readonly string[], launcher?: Launcher): Promise<ExitCode> {
  if (argv[0] === METADATA_COMMAND) {
    process.stdout.write(pluginMetadata());
    return EXIT_CODE.ok;
  }
  return main(pluginArgv(argv), launcher);
}
