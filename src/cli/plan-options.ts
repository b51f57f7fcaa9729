import type { PlanOptions, ResolveImage } from '../plan/plan-options.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import type { Context } from './context.ts';
import { STACK_FILE_OPTIONS } from './stack-files.ts';

/** The flags that decide what a deploy does. */
export const PLAN_OPTIONS = {
  ...STACK_FILE_OPTIONS,
  prune: { kind: 'boolean', default: false, help: 'Remove services the files do not declare' },
  resolveImage: {
    kind: 'choice',
    choices: ['always', 'changed', 'never'],
    default: 'always',
    help: 'When to ask the registry for digest and platforms of an image',
    refuse: (word: string) => `invalid option ${word} for flag --resolve-image`,
  },
  rotate: {
    kind: 'boolean',
    default: false,
    help: 'Changed secrets and configs become new objects (compose-spec files: always)',
  },
  noPredict: {
    kind: 'boolean',
    default: false,
    help: 'Do not foretell where new tasks go and how rollouts go',
  },
  force: {
    kind: 'boolean',
    default: false,
    help: 'Go on although no node can take a service, a subnet overlaps, or a network differs',
  },
  withRegistryAuth: {
    kind: 'boolean',
    default: false,
    help: 'Send registry credentials to the nodes',
  },
} as const;

/** What the flags say to the planner, and the format of the files. */
export function planOptionsOf(
  flags: {
    readonly prune: boolean;
    readonly resolveImage: ResolveImage;
    readonly rotate: boolean;
    readonly noPredict: boolean;
    readonly force: boolean;
  },
  { globals }: Context,
  loaded?: LoadedStack,
): PlanOptions {
  const { prune, resolveImage, rotate: rotates, noPredict, force: forces } = flags;
  const compatDocker = globals.compat === 'docker';
  // As docker does with its own files.
  const toleratesDrift = loaded?.model.format === 'docker';
  const judging = { predicts: !noPredict, assesses: true, forces, toleratesDrift } as const;
  return { prune, resolveImage, compatDocker, rotates, ...judging };
}
