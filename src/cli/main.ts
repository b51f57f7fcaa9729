import { EXIT_CODE, type ExitCode } from '../base/errors.ts';

/** Runs the command line; resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  await Promise.resolve();
  return argv.length > 0 ? EXIT_CODE.usage : EXIT_CODE.ok;
}
