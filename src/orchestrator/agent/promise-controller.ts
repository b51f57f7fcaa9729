import type { ContainerFacts, Controller, Step, StepName, StepOutcome } from './executor.ts';

/** A trouble that may pass: the step is tried again. */
export class TemporaryError extends Error {
  override readonly name = 'TemporaryError';
}

/** A step's failure that knows more than its text: exit code, container id. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly facts: ContainerFacts;
  constructor(message: string, facts: ContainerFacts) {
    super(message);
    this.facts = facts;
  }
}

/** A controller written with promises; the semantics of each step are those of {@link Controller}. */
export type PromiseController = {
  readonly [Name in StepName]: (signal: AbortSignal) => Promise<ContainerFacts | void>;
} & { close(): void };

/**
 * Adapts a controller written with promises, as runtimes of the real world are.
 *
 * A rejected step fails the task with the error's message, {@link StepError} adds its facts,
 * {@link TemporaryError} means: again in a second. Cancelling aborts the step's signal.
 */
export function toController(inner: PromiseController): Controller {
  const step =
    (name: StepName): Step =>
    (done) =>
      run((signal) => inner[name](signal), done);
  return {
    prepare: step('prepare'),
    start: step('start'),
    wait: step('wait'),
    shutdown: step('shutdown'),
    terminate: step('terminate'),
    remove: step('remove'),
    close: () => inner.close(),
  };
}

function run(
  work: (signal: AbortSignal) => Promise<ContainerFacts | void>,
  done: (outcome: StepOutcome) => void,
): () => void {
  const abort = new AbortController();
  const tell = (outcome: StepOutcome): void => {
    if (!abort.signal.aborted) done(outcome);
  };
  work(abort.signal).then(
    (facts) => tell(facts ? { kind: 'done', facts } : { kind: 'done' }),
    (error: unknown) => tell(toOutcome(error)),
  );
  return () => abort.abort();
}

function toOutcome(error: unknown): StepOutcome {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof TemporaryError) return { kind: 'retry', error: text };
  if (error instanceof StepError) return { kind: 'failed', error: text, facts: error.facts };
  return { kind: 'failed', error: text };
}
