import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { PlanFile, SecretSource } from '../plan/plan-file.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { SecretSpec } from '../swarm/secret.ts';
import type { Context } from './context.ts';

/** For the user alone: values of variables and configs are in it. */
const MODE = 0o600;

/**
 * Writes a plan for `deploy --plan`.
 * @throws UserError when it cannot be written, or would show a secret
 */
export async function writePlanFile(
  context: Context,
  path: string,
  parts: {
    readonly loaded: LoadedStack;
    readonly spec: StackSpec;
    readonly prepared: PreparedDeploy;
    readonly options: PlanOptions;
  },
): Promise<void> {
  const { loaded, spec, prepared, options } = parts;
  const [{ formatPlanFile }, { toDocument }, { readHistorySetting }] = await Promise.all([
    import('../plan/plan-file.ts'),
    import('./show-plan.ts'),
    import('../stack/keys/x-tstack-table.ts'),
  ]);
  const history = readHistorySetting(loaded.model);
  const { prune, resolveImage, forces = false, toleratesDrift = false } = options;
  const text = formatPlanFile({
    plan: await toDocument(prepared),
    options: {
      prune,
      resolveImage,
      forces,
      toleratesDrift,
      ...(history !== undefined && { history }),
    },
    secrets: await secretSources(context, loaded, spec),
    pin: prepared.pin,
    spec,
  });
  const problem = await context.replaceFile(path, text, MODE);
  if (problem === undefined) return;
  throw new UserError(`cannot write the plan: ${problem}`, {
    code: 'plan-file-unwritable',
    exitCode: EXIT_CODE.failed,
    hint: 'Choose another path for --out.',
  });
}

async function secretSources(
  context: Context,
  { model }: LoadedStack,
  spec: StackSpec,
): Promise<readonly SecretSource[]> {
  const { fileObjectName } = await import('../stack/keys/secrets-and-configs.ts');
  const memory = await context.openSecretMemory();
  const objects = new Map(
    Object.entries(model.secrets).map(([key, object]) => [
      fileObjectName(spec.stack, key, object),
      object,
    ]),
  );
  return spec.secrets.flatMap((secret) => {
    const { file, environment } = objects.get(secret.Name) ?? {};
    if (!secret.Data) return [];
    const fingerprint = memory.fingerprint(secret) ?? '';
    const source = environment === undefined ? { file } : { environment };
    return [{ name: secret.Name, fingerprint, ...source } as SecretSource];
  });
}

/** A plan from a file, ready to be carried out. */
export interface PlannedDeploy {
  readonly spec: StackSpec;
  readonly options: Pick<
    PlanOptions,
    'prune' | 'resolveImage' | 'forces' | 'toleratesDrift' | 'pin'
  >;
  /** What the files said of where history is kept. */
  readonly history: HistorySetting | undefined;
}

const HISTORY_SETTINGS: readonly HistorySetting[] = ['cluster', 'local', 'off'];

/**
 * Reads what `plan --out` wrote, and the content of secrets where the plan says.
 * @throws UserError: exit 3 for a file that is no plan of this stack, 8 for a secret that has changed
 */
export async function readPlanFile(
  context: Context,
  path: string,
  stack: string,
): Promise<PlannedDeploy> {
  const { parsePlanFile, toPin } = await import('../plan/plan-file.ts');
  const content = context.readFile(path);
  if (content.kind === 'error') {
    throw new UserError(content.message, {
      code: 'plan-file-unreadable',
      exitCode: EXIT_CODE.invalidFile,
      hint: 'Make one with: tstack plan -c FILE --out PLAN STACK.',
    });
  }
  const file = parsePlanFile(new TextDecoder().decode(content.bytes), path);
  if (file.stack !== stack) {
    throw new UserError(`${path}: the plan is of stack ${file.stack}, not ${stack}`, {
      code: 'plan-file-invalid',
      exitCode: EXIT_CODE.invalidFile,
      hint: `Name that stack: tstack deploy --plan ${path} ${file.stack}.`,
    });
  }
  const { prune, resolveImage, forces, toleratesDrift, history } = file.options;
  const secrets = await secretsOf(context, file);
  return {
    spec: { ...file.spec, secrets, locate: () => undefined },
    options: { prune, resolveImage, forces, toleratesDrift, pin: toPin(file) },
    history: HISTORY_SETTINGS.find((one) => one === history),
  };
}

async function secretsOf(context: Context, file: PlanFile): Promise<readonly SecretSpec[]> {
  const memory = await context.openSecretMemory();
  return file.spec.secrets.map((secret) => {
    const source = file.secrets.find(({ name }) => name === secret.Name);
    if (!source) return secret;
    const filled = { ...secret, Data: readAgain(context, source) };
    if (memory.fingerprint(filled) === source.fingerprint) return filled;
    throw moved(
      secret.Name,
      `${source.file ?? source.environment} does not hold what was planned, or it was planned on another machine`,
    );
  });
}

/** @returns base64 */
function readAgain(context: Context, { name, file, environment }: SecretSource): string {
  if (environment !== undefined) {
    const value = context.env[environment];
    if (value === undefined) throw moved(name, `the variable ${environment} is not set`);
    return Buffer.from(value).toString('base64');
  }
  const content = context.readFile(file ?? '');
  if (content.kind === 'error') throw moved(name, content.message);
  return Buffer.from(content.bytes).toString('base64');
}

function moved(name: string, reason: string): UserError {
  return new UserError(`secret ${name}: ${reason}`, {
    code: 'plan-moved',
    exitCode: EXIT_CODE.conflict,
    hint: 'Plan again.',
  });
}
