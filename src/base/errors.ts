import type { Diagnostic } from './diagnostic.ts';

/**
 * The kinds of failure an engine reports, and their HTTP status.
 *
 * The one table: read forwards by the server, backwards by the client.
 * @source moby daemon/server/httpstatus/status.go
 */
export const HTTP_STATUS = {
  'invalid-argument': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'not-modified': 304,
  unavailable: 503,
  'not-implemented': 501,
  internal: 500,
} as const;

/** What went wrong, independent of transport. */
export type ErrorKind = keyof typeof HTTP_STATUS;

const KIND_BY_STATUS: ReadonlyMap<number, ErrorKind> = new Map(
  Object.entries(HTTP_STATUS).map(([kind, status]) => [status, kind as ErrorKind]),
);

/** The error kind of an HTTP status; statuses outside the table fall back to their class. */
export function kindOfStatus(status: number): ErrorKind {
  return KIND_BY_STATUS.get(status) ?? (status < 500 ? 'invalid-argument' : 'internal');
}

/**
 * Process exit codes, the only table.
 * @source design.md section 6
 */
export const EXIT_CODE = {
  ok: 0,
  failed: 1,
  changes: 2,
  invalidFile: 3,
  preflight: 4,
  paused: 5,
  rolledBack: 6,
  timeout: 7,
  conflict: 8,
  unreachable: 9,
  partial: 10,
  usage: 64,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

interface UserErrorFacts {
  /** Stable kebab-case word. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** The next step, a sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Anything the world did that the user must hear of; never a bug of ours. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, facts: UserErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.exitCode = facts.exitCode;
    this.hint = facts.hint;
  }
}

/** The command line itself is wrong. Exit 64. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
  constructor(message: string, hint?: string) {
    super(message, { code: 'usage', exitCode: EXIT_CODE.usage, hint });
  }
}

/** A stack file (or what it points at) is wrong; holds every diagnostic found. Exit 3. */
export class StackFileError extends UserError {
  override readonly name = 'StackFileError';
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((one) => one.severity === 'error');
    super(errors.map((one) => one.message).join('\n'), {
      code: errors[0]?.code ?? 'invalid-stack-file',
      exitCode: EXIT_CODE.invalidFile,
    });
    this.diagnostics = diagnostics;
  }
}

interface EngineErrorFacts {
  readonly kind: ErrorKind;
  /** HTTP method and path (without version prefix); absent when no request was made. */
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined;
  readonly code?: string;
  readonly exitCode?: ExitCode;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The engine refused, failed, or could not be reached. */
export class EngineError extends UserError {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly status: number | undefined;
  constructor(message: string, facts: EngineErrorFacts) {
    super(message, {
      code: facts.code ?? `engine-${facts.kind}`,
      exitCode: facts.exitCode ?? EXIT_CODE.failed,
      hint: facts.hint,
      cause: facts.cause,
    });
    this.kind = facts.kind;
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
  }
}

/** The user (or a signal) stopped the command. */
export class CancelledError extends UserError {
  override readonly name = 'CancelledError';
  constructor(message: string, exitCode: ExitCode = EXIT_CODE.interrupted) {
    super(message, { code: 'cancelled', exitCode });
  }
}
