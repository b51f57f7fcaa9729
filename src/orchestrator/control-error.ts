import { UserError, EXIT_CODE, type ErrorKind } from '../base/errors.ts';

/** The gRPC codes that SwarmKit's refusals carry, and what they mean over HTTP. */
const KIND_OF_CODE = {
  InvalidArgument: 'invalid-argument',
  FailedPrecondition: 'invalid-argument',
  NotFound: 'not-found',
  AlreadyExists: 'conflict',
  PermissionDenied: 'forbidden',
  Unimplemented: 'not-implemented',
  Unavailable: 'unavailable',
  Unknown: 'internal',
  Internal: 'internal',
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type RpcCode = keyof typeof KIND_OF_CODE;

/**
 * A request that the control API refuses.
 *
 * Refusals of Swarm's orchestrator carry a gRPC code; those of the engine in front of it (look-up,
 * conversion of the spec) do not.
 * @source spec/engine-api.md section 1.4; spec/orchestrator.md section 23
 */
export class ControlError extends UserError {
  override readonly name = 'ControlError';
  readonly kind: ErrorKind;
  readonly rpcCode: RpcCode | undefined;

  constructor(text: string, facts: { readonly kind: ErrorKind; readonly rpcCode?: RpcCode }) {
    super(text, { code: `control-${facts.kind}`, exitCode: EXIT_CODE.failed });
    this.kind = facts.kind;
    this.rpcCode = facts.rpcCode;
  }

  /** The text as clients of the Engine API see and match it. */
  get wireMessage(): string {
    return this.rpcCode ? `rpc error: code = ${this.rpcCode} desc = ${this.message}` : this.message;
  }
}

/** A refusal by the orchestrator. */
export function rpcError(code: RpcCode, text: string): ControlError {
  return new ControlError(text, { kind: KIND_OF_CODE[code], rpcCode: code });
}

/** A refusal by the engine in front of it; bad parameters unless told. */
export function engineRefusal(text: string, kind: ErrorKind = 'invalid-argument'): ControlError {
  return new ControlError(text, { kind });
}
