import { UsageError } from '../base/errors.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { RevisionOrigin } from '../release/revision.ts';
import type { PreparedDeploy, DeployOptions } from '../rollout/deploy-stack.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { describeActor } from './actor.ts';
import { confirmPlan } from './confirm-plan.ts';
import type { Context } from './context.ts';
import type { DeploySource } from './deploy-source.ts';
import { openRelease, releasePorts } from './release.ts';
import { VERSION } from './version.ts';

interface UndoFlags {
  readonly stack: string;
  readonly history: HistorySetting | undefined;
  readonly keep: number;
  readonly atomic: boolean;
  readonly yes: boolean;
}

/**
 * Deploys files, or a plan made of them, so that it can be undone: lock, journal, revision.
 *
 * On a terminal it asks first.
 * @throws CancelledError when the answer is no, and as releaseStack
 */
export async function deployRelease(
  context: Context,
  { loaded, spec, history }: DeploySource,
  run: {
    readonly flags: UndoFlags;
    readonly options: DeployOptions;
    readonly ports: RolloutPorts;
  },
): Promise<RolloutResult> {
  const { flags, options, ports } = run;
  checkAtomic(flags, options);
  const [{ prepareDeploy }, { releaseStack }] = await Promise.all([
    import('../rollout/deploy-stack.ts'),
    import('../release/release-stack.ts'),
  ]);
  const setting = flags.history ?? history;
  const again = (): Promise<PreparedDeploy> => prepareDeploy(spec, options, ports);
  const opening = openRelease(context, flags.stack, setting);
  // What is wrong with the cluster is told best by the plan.
  opening.catch(() => undefined);
  const prepared = await again();
  await confirmPlan(context, prepared, flags.yes);
  const opened = await opening;
  const origin = await originOf(context, loaded, spec);
  const request = { origin, options, keep: flags.keep, atomic: flags.atomic };
  return releaseStack({ prepared, again }, request, {
    opened,
    ports: await releasePorts(context, ports),
  });
}

/** @throws UsageError when what fails later could not be put back */
export function checkAtomic({ atomic }: Pick<UndoFlags, 'atomic'>, options: DeployOptions): void {
  if (!atomic || !options.detach) return;
  throw new UsageError(
    '--atomic has to wait for the tasks, and --detach does not',
    'Leave one of them out.',
  );
}

async function originOf(
  context: Context,
  loaded: LoadedStack | undefined,
  spec: StackSpec,
): Promise<RevisionOrigin> {
  const facts = { kind: 'deploy', actor: await describeActor(context), tool: VERSION } as const;
  if (!loaded) return { ...facts, sources: [], variables: [] };
  const [{ listVariables }, { withoutSecrets }] = await Promise.all([
    import('../stack/list-variables.ts'),
    import('../release/without-secrets.ts'),
  ]);
  const variables = [...listVariables(loaded.origin.read)].map(([name, uses]) => {
    const origins = new Set(
      uses.map(({ origin }) =>
        typeof origin === 'string' ? origin : `${origin.file}:${origin.line}`,
      ),
    );
    return { name, origin: [...origins].join(', ') };
  });
  const sources = withoutSecrets(loaded.sources, spec.secrets);
  return { ...facts, sources, variables };
}
