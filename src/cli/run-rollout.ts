import type { Span } from '../base/diagnostic.ts';
import type { ExitCode } from '../base/errors.ts';
import type { Emit } from '../rollout/events.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { chooseCi } from './ci/choose-ci.ts';
import type { Context } from './context.ts';

/** The flags that say how a rollout is watched. */
export const WATCH_OPTIONS = {
  quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print no progress' },
  progress: {
    kind: 'choice',
    choices: ['auto', 'tty', 'plain', 'json'],
    default: 'auto',
    help: 'How to show progress; json prints an event a line',
  },
  timeout: {
    kind: 'duration',
    default: '10m',
    help: 'Give up waiting after this time, exit 7; 0 waits for ever',
  },
} as const;

/** Those, and whether it is watched at all. */
export const ROLLOUT_OPTIONS = {
  detach: {
    kind: 'boolean',
    short: 'd',
    help: 'Return at once, without waiting for tasks (default false; true with --compat docker)',
  },
  ...WATCH_OPTIONS,
} as const;

interface RolloutFlags {
  readonly detach: boolean | undefined;
  readonly quiet: boolean;
  readonly progress: 'auto' | 'tty' | 'plain' | 'json';
  readonly timeout: number;
}

type ProgressFlags = Pick<RolloutFlags, 'quiet' | 'progress'>;

/** What the flags say to the rollout. */
export interface Waiting {
  readonly detach: boolean;
  readonly timeoutMs: number | undefined;
}

/** Whether and how long to wait; docker's own default is not to, and it says so. */
export function waitingOf({ detach, timeout }: RolloutFlags, { globals }: Context): Waiting {
  const timeoutMs = timeout === 0 ? undefined : timeout;
  return { detach: detach ?? globals.compat === 'docker', timeoutMs };
}

/** Docker's notice when waiting was not decided. @source spec/stack-file.md section 3, step 10 */
export function noteDetached({ detach }: RolloutFlags, { globals, stderr }: Context): void {
  if (detach !== undefined || globals.compat !== 'docker') return;
  stderr.write(
    'Since --detach=false was not specified, tasks will be created in the background.\n' +
      'In a future release, --detach=false will become the default.\n',
  );
}

/**
 * Connects, shows the events of `work` as the flags say, and gives its exit code.
 * @throws whatever `work` throws, after the terminal is as before
 */
export async function runRollout(
  context: Context,
  flags: ProgressFlags & {
    readonly withRegistryAuth?: boolean;
    /** Where the stack files declare a service. */
    readonly placeOf?: (service: string) => Span | undefined;
  },
  work: (ports: RolloutPorts) => Promise<RolloutResult>,
): Promise<ExitCode> {
  const { createProgress } = await import('./progress/create-progress.ts');
  const ports = await openPorts(context, flags);
  const progress = await createProgress(modeOf(flags), context);
  const report = await openReport(context, flags.placeOf);
  const emit: Emit = (event) => {
    progress.emit(event);
    report?.emit(event);
  };
  try {
    const result = await work({ ...ports, emit });
    return result.exitCode;
  } finally {
    await progress.close();
    await report?.close();
  }
}

/** What a build service is told beside; nothing where none reads along. */
async function openReport(context: Context, placeOf?: (service: string) => Span | undefined) {
  const ci = chooseCi(context.globals.ci, context.env);
  if (ci === 'off' || context.globals.compat === 'docker') return undefined;
  const { createCiReport } = await import('./ci/ci-report.ts');
  return createCiReport(ci, context, placeOf);
}

/** Connects, and opens what planning and deploying read besides. @throws EngineError exit 9 */
export async function openPorts(
  context: Context,
  flags: { readonly withRegistryAuth?: boolean },
): Promise<Omit<RolloutPorts, 'emit'>> {
  const registryAuth = flags.withRegistryAuth === true ? await openAuth(context) : undefined;
  const engine = await context.engine();
  const secretMemory = await context.openSecretMemory();
  const { clock, signal } = context;
  return { engine, clock, registryAuth, secretMemory, signal };
}

function modeOf({ quiet, progress }: ProgressFlags): 'auto' | 'live' | 'plain' | 'json' | 'quiet' {
  if (progress === 'json') return 'json';
  if (quiet) return 'quiet';
  return progress === 'tty' ? 'live' : progress;
}

async function openAuth({ globals, env, readFile }: Context) {
  const { openRegistryAuth } = await import('./open-engine.ts');
  return openRegistryAuth(globals, env, readFile);
}
