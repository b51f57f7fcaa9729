import { EXIT_CODE, UserError, type ExitCode } from '../base/errors.ts';
import type { OpenedStore, HistorySetting } from '../release/open-store.ts';
import type { StoredRules } from '../release/prepare-stored.ts';
import type { RevisionKind } from '../release/revision.ts';
import type { StoredStack } from '../release/stored-stack.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { describeActor } from './actor.ts';
import type { Context } from './context.ts';
import { lockFor, openRelease, releasePorts } from './release.ts';
import { parseRevision } from './revision-number.ts';
import { runRollout, waitingOf } from './run-rollout.ts';
import { VERSION } from './version.ts';

interface ReleaseFlags {
  readonly stack: string;
  readonly history: HistorySetting | undefined;
  readonly keep: number;
  readonly detach: boolean | undefined;
  readonly quiet: boolean;
  readonly progress: 'auto' | 'tty' | 'plain' | 'json';
  readonly timeout: number;
}

interface RollbackFlags extends ReleaseFlags {
  readonly revision: string | undefined;
  readonly previous: boolean;
}

/**
 * Goes back to a revision, or to what the cluster remembers of each service.
 * @throws UserError exit 1 when there is nothing to go back to, and as releaseStack
 */
export async function rollBack(context: Context, flags: RollbackFlags): Promise<ExitCode> {
  const wanted = parseRevision(flags.revision);
  if (flags.previous) return rollBackServices(context, flags);
  const [{ chooseRollback }, { removeObjects }] = await Promise.all([
    import('../release/rollback.ts'),
    import('../release/remove-objects.ts'),
  ]);
  const opened = await openHistory(context, flags);
  const target = chooseRollback(flags.stack, opened.content, wanted);
  const goal = target.number === undefined ? 'the state before it' : `revision ${target.number}`;
  context.stderr.write(`Rolling stack ${flags.stack} back to ${goal}\n`);
  return runRollout(context, flags, (ports) =>
    deployStored(context, flags, {
      opened,
      ports,
      kind: 'rollback',
      restores: target.number,
      model: target.model,
      rules: { removable: target.removable, runsJobs: 'never' },
      afterwards: async (after) => {
        const names = { secrets: NONE, configs: NONE, networks: target.addedNetworks };
        if (target.addedNetworks.size > 0) await removeObjects(flags.stack, names, after);
      },
    }),
  );
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Finishes the deploy that a journal tells of.
 * @throws as releaseStack
 */
export async function resumeRelease(context: Context, flags: ReleaseFlags): Promise<ExitCode> {
  const { openJournal } = await import('../release/revision.ts');
  const opened = await openHistory(context, flags);
  const journal = openJournal(opened.content);
  if (!journal) {
    context.stdout.write(`Nothing to resume: no deploy of stack ${flags.stack} was interrupted.\n`);
    return EXIT_CODE.ok;
  }
  const { revision } = journal;
  context.stderr.write(
    `Resuming ${revision.kind} ${revision.number} of stack ${flags.stack}, begun ${revision.startedAt}\n`,
  );
  const removals = revision.plan.operations.filter((one) => one.kind === 'service-remove');
  return runRollout(context, flags, (ports) =>
    deployStored(context, flags, {
      opened,
      ports,
      kind: 'resume',
      restores: revision.number,
      model: revision.model,
      rules: { removable: new Set(removals.map((one) => one.name)), runsJobs: 'changed' },
    }),
  );
}

interface StoredDeploy {
  readonly opened: OpenedStore;
  readonly ports: RolloutPorts;
  readonly kind: RevisionKind;
  readonly restores: number | undefined;
  readonly model: StoredStack;
  readonly rules: StoredRules;
  readonly afterwards?: (ports: RolloutPorts) => Promise<void>;
}

async function deployStored(
  context: Context,
  flags: ReleaseFlags,
  work: StoredDeploy,
): Promise<RolloutResult> {
  const [{ prepareStored }, { releaseStack }] = await Promise.all([
    import('../release/prepare-stored.ts'),
    import('../release/release-stack.ts'),
  ]);
  const { opened, ports, kind, restores, model, rules, afterwards } = work;
  const all = await releasePorts(context, ports);
  const actor = await describeActor(context);
  const origin = { kind, restores, actor, tool: VERSION, sources: [], variables: [] };
  const waiting = waitingOf(flags, context);
  const options = { prune: true, resolveImage: 'never', compatDocker: false, ...waiting } as const;
  const again = () => prepareStored(model, rules, ports);
  const prepared = await again();
  for (const name of prepared.skippedJobs) {
    const message = `job ${name} is left as it is: a ${kind} runs no jobs`;
    ports.emit({ type: 'warning', code: 'job-left-alone', subject: name, message });
  }
  const request = { origin, options, keep: flags.keep, atomic: false, afterwards };
  return releaseStack({ prepared, again }, request, { opened, ports: all });
}

async function rollBackServices(context: Context, flags: RollbackFlags): Promise<ExitCode> {
  const { rollBackPrevious } = await import('../release/roll-back-previous.ts');
  const waiting = waitingOf(flags, context);
  const locked = lockFor(context, 'rollback', flags.history);
  return runRollout(context, flags, (ports) =>
    locked(flags.stack, ports, (inner) => rollBackPrevious(flags.stack, waiting, inner)),
  );
}

/** @throws UserError when nothing is kept at all */
async function openHistory(context: Context, flags: ReleaseFlags): Promise<OpenedStore> {
  const opened = await openRelease(context, flags.stack, flags.history);
  if (opened) return opened;
  throw new UserError(`no history of stack ${flags.stack} is kept (--history off)`, {
    code: 'no-history',
    exitCode: EXIT_CODE.failed,
    hint: `tstack rollback --previous ${flags.stack} goes back to what the cluster itself remembers of each service.`,
  });
}
