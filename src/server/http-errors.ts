import { HTTP_STATUS, UserError, type ErrorKind } from '../base/errors.ts';
import { ControlError } from '../orchestrator/control-error.ts';

/** A refusal with a status of its own. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A refusal by kind: the status is the one of HTTP_STATUS. */
export function httpError(kind: ErrorKind, message: string): HttpError {
  return new HttpError(HTTP_STATUS[kind], message);
}

/** What a client is told of a failed request. */
export interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  /** The request is not to blame: worth a line in the log. */
  readonly isOurs: boolean;
}

/**
 * The answer to a request that failed with `error`.
 * @source spec/engine-api.md section 1.4
 */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) {
    return { status: error.status, message: error.message, isOurs: false };
  }
  if (error instanceof ControlError) {
    return { status: HTTP_STATUS[error.kind], message: error.wireMessage, isOurs: false };
  }
  if (error instanceof UserError) return { status: 400, message: error.message, isOurs: false };
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return { status, message, isOurs: status >= 500 };
}

/** The framework's own errors carry a status. */
function statusOf(error: unknown): number {
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : 500;
}
