import { UsageError } from '../base/errors.ts';
import type { PlanOptions, ResolveImage } from '../plan/plan-options.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Context } from './context.ts';
import { planOptionsOf } from './plan-options.ts';
import { loadStackFiles, toStackSpec, type StackFileFlags } from './stack-files.ts';

/** The flag that names a plan in place of files. */
export const PLAN_FILE_OPTION = {
  kind: 'string',
  placeholder: 'FILE',
  help: 'Carry out what `tstack plan --out FILE` planned; exit 8 when the cluster has moved since',
  complete: 'file',
} as const;

interface SourceFlags extends StackFileFlags {
  readonly stack: string;
  readonly plan: string | undefined;
  readonly prune: boolean;
  readonly resolveImage: ResolveImage;
  readonly rotate: boolean;
  readonly noPredict: boolean;
  readonly force: boolean;
}

/** What is to be deployed, and how. */
export interface DeploySource {
  readonly spec: StackSpec;
  readonly options: PlanOptions;
  /** What the files say of where history is kept. */
  readonly history: HistorySetting | undefined;
  /** Absent when a plan is carried out. */
  readonly loaded?: LoadedStack;
}

/**
 * Reads stack files, or the plan that was made of them: its own options then hold.
 * @throws UsageError, StackFileError, UserError of a plan file
 */
export async function readDeploySource(
  context: Context,
  flags: SourceFlags,
): Promise<DeploySource> {
  if (flags.plan === undefined) {
    const loaded = await loadStackFiles(context, { ...flags, projectName: flags.stack });
    const options = planOptionsOf(flags, context, loaded);
    const spec = await toStackSpec(context, loaded, flags.stack);
    const { readHistorySetting } = await import('../stack/keys/x-tstack-table.ts');
    return { loaded, spec, options, history: readHistorySetting(loaded.model) };
  }
  if (flags.composeFile.length > 0) {
    throw new UsageError('--plan and --compose-file exclude each other', 'The plan holds it all.');
  }
  const { readPlanFile } = await import('./plan-file.ts');
  const planned = await readPlanFile(context, flags.plan, flags.stack);
  return { ...planned, options: { ...planOptionsOf(flags, context), ...planned.options } };
}
