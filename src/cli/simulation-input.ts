import { dirname, join } from 'node:path';
import { EXIT_CODE, UsageError, UserError } from '../base/errors.ts';
import type { SimulationInput } from '../simulate/run-simulation.ts';
import type { Scenario } from '../simulate/scenario.ts';
import type { YamlMap } from '../stack/yaml-values.ts';
import type { Context } from './context.ts';
import { loadStackFiles, toStackSpec } from './stack-files.ts';

/** Prefix of all names; a simulation has no other stack beside it. */
const STACK = 'stack';

interface SimulationFlags {
  readonly composeFile: readonly string[];
  readonly scenario: string | undefined;
  readonly nodes: number | undefined;
  readonly seed: number;
  readonly until: number;
}

/**
 * Reads everything a simulation needs; files of `update` events are beside the scenario file.
 * @throws UsageError, StackFileError, UserError
 */
export async function readSimulationInput(
  flags: SimulationFlags,
  context: Context,
): Promise<SimulationInput> {
  const scenario = await readScenario(flags, context);
  const read = async (paths: readonly string[]) =>
    toStackSpec(context, await loadStackFiles(context, { paths }), STACK);
  const stack = await read(flags.composeFile);
  const updates = new Map<string, SimulationInput['stack']>();
  for (const event of scenario.events) {
    if (event.action !== 'update' || updates.has(event.file)) continue;
    updates.set(event.file, await read([join(dirname(flags.scenario ?? ''), event.file)]));
  }
  return { stack, scenario, updates, seed: flags.seed, untilMs: flags.until };
}

async function readScenario(flags: SimulationFlags, context: Context): Promise<Scenario> {
  const { parseScenario } = await import('../simulate/parse-scenario.ts');
  const { scenario: path, nodes } = flags;
  if (nodes === 0) throw new UsageError('--nodes must be at least 1');
  const value = path === undefined ? {} : await readPlainYaml(path, context);
  const scenario = parseScenario(value, path ?? 'scenario');
  if (nodes === undefined) return scenario;
  if (value['nodes'] !== undefined) {
    throw new UsageError('give nodes in the scenario or with --nodes, not both');
  }
  return parseScenario({ ...value, nodes: Array.from({ length: nodes }, () => ({})) }, path ?? '');
}

/** The members of a YAML file as JSON would have them. */
async function readPlainYaml(path: string, context: Context): Promise<Record<string, unknown>> {
  const content = context.readFile(path);
  if (content.kind === 'error') {
    throw new UserError(content.message, {
      code: 'unreadable-file',
      exitCode: EXIT_CODE.invalidFile,
      hint: 'Give the path of a scenario file with --scenario.',
    });
  }
  const { readDocument } = await import('../stack/document.ts');
  const { createProblemBook } = await import('../stack/problem-book.ts');
  const { printJson } = await import('./render/print-json.ts');
  const book = createProblemBook();
  const text = new TextDecoder().decode(content.bytes);
  const document: YamlMap | undefined = readDocument({ name: path, text }, book.report);
  book.stopOnErrors(() => undefined);
  return JSON.parse(printJson(document ?? {})) as Record<string, unknown>;
}
