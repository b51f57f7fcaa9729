import { EXIT_CODE, UsageError, UserError } from '../base/errors.ts';
import type { Simulation } from '../simulate/run-simulation.ts';
import type { Context } from './context.ts';

/** @throws UsageError when the ending of the name says no format that is known */
export function checkReportPath(path: string): void {
  if (/\.(html|svg)$/i.test(path)) return;
  throw new UsageError(
    `--report ${path}: the name must end in .html or .svg`,
    'The ending says what is drawn: a page, or the picture alone.',
  );
}

/** A simulation drawn as the ending of the file's name says. */
async function renderReport(path: string, simulation: Simulation): Promise<string> {
  if (/\.svg$/i.test(path)) {
    const { renderSvgReport } = await import('../simulate/timeline/svg-report.ts');
    return renderSvgReport(simulation);
  }
  const { renderHtmlReport } = await import('../simulate/timeline/html-report.ts');
  return renderHtmlReport(simulation);
}

/** Draws a simulation into a file. @throws UserError when it cannot be written */
export async function writeReport(
  path: string,
  simulation: Simulation,
  context: Context,
): Promise<void> {
  const problem = await context.replaceFile(path, await renderReport(path, simulation));
  if (problem === undefined) {
    context.stderr.write(`report: ${path}\n`);
    return;
  }
  throw new UserError(`cannot write the report: ${problem}`, {
    code: 'report-not-written',
    exitCode: EXIT_CODE.failed,
    hint: 'Name a file in a directory that exists and that you may write to.',
  });
}
