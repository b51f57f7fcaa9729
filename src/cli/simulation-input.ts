import { dirname, join } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.ts';
import { EXIT_CODE, StackFileError, UsageError, UserError } from '../base/errors.ts';
import type { ScenarioProblem } from '../simulate/field-reader.ts';
import type { ParsedScenario } from '../simulate/parse-scenario.ts';
import type { SimulationInput } from '../simulate/run-simulation.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { YamlMap } from '../stack/yaml-values.ts';
import type { Context } from './context.ts';
import type { LiveCluster } from './read-live-state.ts';
import { loadStackFiles, toStackSpec, type StackFileFlags } from './stack-files.ts';
import { checkStackName } from './stack-name.ts';

/** Prefix of all names when none is given; a simulation has no other stack beside it. */
const DEFAULT_STACK = 'stack';

interface SimulationFlags extends StackFileFlags {
  readonly stack: string | undefined;
  readonly scenario: string | undefined;
  readonly fromCluster: boolean;
  readonly nodesOnly: boolean;
  readonly nodes: number | undefined;
  readonly seed: number;
  readonly until: number;
}

/**
 * Reads everything a simulation needs; files of `update` events are beside the scenario file.
 * @throws UsageError, StackFileError (of the scenario too), UserError, EngineError
 */
export async function readSimulationInput(
  flags: SimulationFlags,
  context: Context,
): Promise<SimulationInput> {
  checkFlags(flags);
  const stackName = flags.stack ?? DEFAULT_STACK;
  checkStackName(stackName);
  const file = readScenarioFile(flags.scenario, context);
  const live = flags.fromCluster ? await readCluster(flags, context) : undefined;
  const { scenario, problems } = await parse(file, flags, live);
  const read = async (composeFile: readonly string[]): Promise<StackSpec> => {
    const files = { ...flags, composeFile, projectName: flags.stack };
    return toStackSpec(context, await loadStackFiles(context, files), stackName);
  };
  const known = { problems, file };
  const stack = await withProblems(read(flags.composeFile), known);
  const updates = new Map<string, StackSpec>();
  for (const event of scenario.events) {
    if (event.action !== 'update' || updates.has(event.file)) continue;
    const path = join(dirname(flags.scenario ?? ''), event.file);
    updates.set(event.file, await withProblems(read([path]), known));
  }
  const { checkFit } = await import('../simulate/check-fit.ts');
  const unfit = checkFit(scenario, {
    stacks: [stack, ...updates.values()],
    live: (live?.state.services ?? []).map(({ Spec }) => ({
      name: Spec.Name,
      image: Spec.TaskTemplate.ContainerSpec?.Image ?? '',
    })),
  });
  if (problems.length + unfit.length > 0) {
    throw new StackFileError(await locateProblems({ problems: [...problems, ...unfit], file }));
  }
  const input = { stack, scenario, updates, seed: flags.seed, untilMs: flags.until };
  if (!live || flags.nodesOnly) return input;
  return { ...input, live: live.state, decide: await decideAsDeploy(live) };
}

/** Stack files that are wrong too do not hide what is wrong with the scenario. */
async function withProblems<T>(reading: Promise<T>, known: KnownProblems): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof StackFileError) || known.problems.length === 0) throw error;
    throw new StackFileError([...(await locateProblems(known)), ...error.diagnostics]);
  }
}

function checkFlags({ nodes, nodesOnly, fromCluster }: SimulationFlags): void {
  if (nodes === 0) throw new UsageError('--nodes must be at least 1');
  if (nodes !== undefined && fromCluster) {
    throw new UsageError('give nodes with --nodes or with --from-cluster, not both');
  }
  if (nodesOnly && !fromCluster) {
    throw new UsageError(
      '--nodes-only needs --from-cluster',
      'It leaves out what runs on the nodes of a live cluster.',
    );
  }
}

async function readCluster({ nodesOnly }: SimulationFlags, context: Context): Promise<LiveCluster> {
  const { readLiveCluster } = await import('./read-live-state.ts');
  return readLiveCluster(await context.engine(), nodesOnly, { signal: context.signal });
}

async function parse(
  file: ScenarioFile | undefined,
  flags: SimulationFlags,
  live: LiveCluster | undefined,
): Promise<ParsedScenario> {
  const [{ parseScenario }, { defaultNodes }] = await Promise.all([
    import('../simulate/parse-scenario.ts'),
    import('../simulate/parse-node.ts'),
  ]);
  const nodes = live?.nodes ?? (flags.nodes === undefined ? undefined : defaultNodes(flags.nodes));
  return parseScenario(await readPlainValues(file), { nodes, untilMs: flags.until });
}

/** A deploy leaves alone what is the same, keeps the digest of an image the file still names. */
async function decideAsDeploy(live: LiveCluster): Promise<NonNullable<SimulationInput['decide']>> {
  const { decideService, networkNamesOf } = await import('../plan/service-operations.ts');
  const networkNames = networkNamesOf(live.state.networks);
  return (wanted, found) => {
    const image = found.Spec.TaskTemplate.ContainerSpec?.Image ?? '';
    const container = wanted.TaskTemplate.ContainerSpec;
    const isPinned = image.split('@')[0] === container?.Image && image.includes('@');
    const spec = isPinned
      ? {
          ...wanted,
          TaskTemplate: { ...wanted.TaskTemplate, ContainerSpec: { ...container, Image: image } },
        }
      : wanted;
    const decision = decideService(spec, found, { networkNames });
    return decision.action === 'keep' ? undefined : decision.spec;
  };
}

interface ScenarioFile {
  readonly name: string;
  readonly text: string;
}

function readScenarioFile(path: string | undefined, context: Context): ScenarioFile | undefined {
  if (path === undefined) return undefined;
  const content = context.readFile(path);
  if (content.kind === 'data') {
    return { name: path, text: new TextDecoder().decode(content.bytes) };
  }
  throw new UserError(content.message, {
    code: 'unreadable-file',
    exitCode: EXIT_CODE.invalidFile,
    hint: 'Give the path of a scenario file with --scenario.',
  });
}

/** The members of a YAML file as JSON would have them. @throws StackFileError */
async function readPlainValues(file: ScenarioFile | undefined): Promise<unknown> {
  if (!file) return {};
  const [{ readDocument }, { createProblemBook }, { printJson }] = await Promise.all([
    import('../stack/document.ts'),
    import('../stack/problem-book.ts'),
    import('./render/print-json.ts'),
  ]);
  const book = createProblemBook();
  const document: YamlMap | undefined = readDocument(file, book.report);
  book.stopOnErrors(() => undefined);
  return JSON.parse(printJson(document ?? {})) as unknown;
}

interface KnownProblems {
  readonly problems: readonly ScenarioProblem[];
  readonly file: ScenarioFile | undefined;
}

/** The problems of a scenario at their places, in file order. */
async function locateProblems({ problems, file }: KnownProblems): Promise<Diagnostic[]> {
  const { createLocator } = await import('../stack/locate.ts');
  const locate = createLocator(file ? [file] : []);
  const diagnostics = problems.map(({ path, message, isKey, hint }): Diagnostic => {
    const part = isKey === true ? 'key' : 'value';
    return {
      code: 'invalid-scenario',
      severity: 'error',
      message,
      span: locate({ file: 0, path, part }),
      ...(hint !== undefined && { hint }),
    };
  });
  return diagnostics.sort(byPlace);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [left, right] = [a.span?.start, b.span?.start];
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
