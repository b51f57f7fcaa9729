import { UsageError } from '../base/errors.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { RevisionOrigin } from '../release/revision.ts';
import type { PreparedDeploy, DeployOptions } from '../rollout/deploy-stack.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { describeActor } from './actor.ts';
import type { Context } from './context.ts';
import { openRelease, releasePorts } from './release.ts';
import { VERSION } from './version.ts';

interface UndoFlags {
  readonly stack: string;
  readonly history: HistorySetting | undefined;
  readonly keep: number;
  readonly atomic: boolean;
}

/** What is deployed: loaded files and what they ask for. */
export interface DeploySource {
  readonly loaded: LoadedStack;
  readonly spec: StackSpec;
}

/**
 * Deploys files so that it can be undone: lock, journal, revision.
 * @param first - what was planned already, when the user has seen it
 * @throws as releaseStack
 */
export async function deployRelease(
  context: Context,
  { loaded, spec }: DeploySource,
  run: {
    readonly flags: UndoFlags;
    readonly options: DeployOptions;
    readonly ports: RolloutPorts;
    readonly first?: PreparedDeploy;
  },
): Promise<RolloutResult> {
  const { flags, options, ports } = run;
  checkAtomic(flags, options);
  const [{ prepareDeploy }, { releaseStack }, { readHistorySetting }] = await Promise.all([
    import('../rollout/deploy-stack.ts'),
    import('../release/release-stack.ts'),
    import('../stack/keys/x-tstack-table.ts'),
  ]);
  const setting = flags.history ?? readHistorySetting(loaded.model);
  const again = (): Promise<PreparedDeploy> => prepareDeploy(spec, options, ports);
  const opening = openRelease(context, flags.stack, setting);
  // What is wrong with the cluster is told best by the plan.
  opening.catch(() => undefined);
  const prepared = run.first ?? (await again());
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
  loaded: LoadedStack,
  spec: StackSpec,
): Promise<RevisionOrigin> {
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
  return { kind: 'deploy', actor: await describeActor(context), tool: VERSION, sources, variables };
}
