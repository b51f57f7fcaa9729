import { EngineError } from '../base/errors.ts';
import { applyDeploy, type DeployOptions, type PreparedDeploy } from '../rollout/deploy-stack.ts';
import type { Emit, RolloutEvent } from '../rollout/events.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { ExecutionError } from '../rollout/rollout-errors.ts';

/** A deploy that is ready, and how to get ready again when the cluster has changed meanwhile. */
export interface Readied {
  readonly prepared: PreparedDeploy;
  readonly again: () => Promise<PreparedDeploy>;
}

/**
 * Applies a deploy; where the engine finds that a secret holds other content than was thought, plans
 * again with that knowledge, once.
 * @throws as applyDeploy
 */
export async function carryOut(
  { prepared, again }: Readied,
  options: DeployOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  try {
    return await applyDeploy(prepared, options, ports);
  } catch (error) {
    const refuted = refutedSecrets(prepared, error);
    if (refuted.length === 0 || options.compatDocker) throw error;
    if (options.rotates !== true && prepared.spec.rotates !== true) {
      ports.emit({ type: 'warning', code: 'secret-content-changed', ...toRotate(prepared) });
      throw error;
    }
    for (const id of refuted) ports.secretMemory?.refute(id);
    return applyDeploy(await again(), options, ports);
  }
}

function toRotate({ plan }: PreparedDeploy): {
  readonly subject: string;
  readonly message: string;
} {
  const message =
    'a secret has other content; it becomes a new object that services move over to with --rotate, or `x-tstack: {rotate: true}`';
  return { subject: plan.stack, message };
}

/** Secrets whose content is not the declared one; empty unless nothing else has failed. */
function refutedSecrets({ plan }: PreparedDeploy, error: unknown): readonly string[] {
  if (!(error instanceof ExecutionError)) return [];
  const ids = error.failures.map((failure) => {
    const operation = plan.operations.find(
      (one) => one.kind === failure.kind && one.name === failure.name,
    );
    const isSecret = operation?.kind === 'secret-verify' || operation?.kind === 'secret-update';
    return isSecret && isContentRefusal(failure.error) ? operation.objectId : undefined;
  });
  return ids.every((id) => id !== undefined) ? ids : [];
}

/** @source swarmkit manager/controlapi/secret.go UpdateSecret */
function isContentRefusal(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes('only updates to Labels');
}

/** Keeps the event that ends a rollout back until it is known how everything ends. */
export class HeldEnd {
  readonly #emit: Emit;
  #finished: Extract<RolloutEvent, { readonly type: 'finished' }> | undefined;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  readonly emit: Emit = (event) => {
    if (event.type === 'finished') this.#finished = event;
    else this.#emit(event);
  };

  /** Passes it on, as `result` says if that is given. */
  release(stack: string, result?: RolloutResult): void {
    const event = result && {
      type: 'finished' as const,
      stack,
      outcome: result.outcome,
      exitCode: result.exitCode,
      messages: result.messages,
    };
    const last = event ?? this.#finished;
    this.#finished = undefined;
    if (last) this.#emit(last);
  }
}
