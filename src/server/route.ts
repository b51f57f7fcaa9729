import type { IncomingHttpHeaders } from 'node:http';
import type { ApiVersion } from './api-version.ts';
import type { ActiveSwarm, Backend, SwarmState } from './backend.ts';
import type { EngineClient } from './engine-client.ts';
import type { EventLog } from './event-log.ts';
import type { ExecBook } from './exec-book.ts';
import { decodeJson, type Shape } from './go-json/shape.ts';
import { parseJson } from './go-json/parse-json.ts';
import { httpError, HttpError } from './http-errors.ts';
import type { LocalRecords } from './local-records.ts';
import type { Query } from './query.ts';

/** A request as routes see it. */
export interface ApiRequest {
  readonly method: string;
  /** Without version prefix and query, still percent-encoded. */
  readonly path: string;
  /** As in the URL, question mark included; empty without. */
  readonly search: string;
  readonly version: ApiVersion;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  /** The whole body; empty when there is none. */
  readonly body: Buffer;
}

/** Where a streamed answer goes. */
export interface AnswerSink {
  /** Resolves when the client has room for more; does nothing once it has gone. */
  write(chunk: Uint8Array | string): Promise<void>;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

/** What a route answers. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      /** Undefined: JSON text in place of a value. */
      readonly value?: unknown;
      readonly text?: string;
    }
  | { readonly kind: 'empty'; readonly status: number }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly text: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'stream';
      readonly contentType: string;
      /** Writes until it returns; the answer then ends. */
      readonly run: (sink: AnswerSink) => Promise<void>;
    }
  /** The request goes to the engine behind us, as it came. */
  | { readonly kind: 'pass'; readonly path: string; readonly search: string };

/** What routes work with. */
export interface RouteContext {
  readonly backend: Backend;
  readonly events: EventLog;
  /** Networks and volumes of this machine, where no engine keeps them. */
  readonly local: LocalRecords;
  readonly execs: ExecBook;
  /** Requests of our own to the engine behind us, where there is one. */
  readonly engine?: EngineClient | undefined;
}

type Handled = Answer | Promise<Answer>;

/** One endpoint. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** `:id` is one segment, `*` the rest. */
  readonly path: string;
  readonly handle: (request: ApiRequest, context: RouteContext) => Handled;
}

/** What a route for managers gets beside the request. */
export interface ManagerContext extends RouteContext {
  readonly swarm: ActiveSwarm;
}

interface ManagerRoute<Body> {
  readonly method: Route['method'];
  readonly path: string;
  /** Absent: a body is not looked at. */
  readonly body?: Shape;
  readonly handle: (request: ApiRequest, context: ManagerContext, body: Body) => Handled;
}

/**
 * An endpoint that only a manager answers: the body is decoded first, then the node's state is
 * checked, then everything else.
 * @source spec/engine-api.md section 1.8
 */
export function managerRoute<Body = undefined>(route: ManagerRoute<Body>): Route {
  const { method, path, body: shape, handle } = route;
  return {
    method,
    path,
    handle: (request, context) => {
      const body = (shape ? decodeBody(request, shape) : undefined) as Body;
      const swarm = requireManager(context.backend.membership.state());
      if (method !== 'GET' && !path.startsWith(OWN_PATHS)) requireQuorum(swarm);
      return handle(request, { ...context, swarm }, body);
    },
  };
}

/** Paths that no engine has: they are about this machine, not about what managers agree on. */
const OWN_PATHS = '/tstack/';

/**
 * Refuses what a Swarm of as many machines could not write down.
 * @throws HttpError 500
 * @source spec/engine-api.md section 1.8; spec/orchestrator.md 15.6
 */
function requireQuorum({ store, nodes }: ActiveSwarm): void {
  const managers = store.view.list('node').filter((one) => one.ManagerStatus !== undefined);
  const up = managers.filter((one) => nodes.isUp(one.ID)).length;
  if (up > managers.length / 2 || managers.length === 0) return;
  throw new HttpError(
    500,
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few " +
      'managers are online. Make sure more than half of the managers are online.',
  );
}

/** @throws HttpError 503 */
export function requireManager(state: SwarmState): ActiveSwarm {
  if (state.kind === 'active') return state.swarm;
  throw httpError('unavailable', notManagerText(state.kind));
}

/** @source spec/engine-api.md section 1.8 */
export function notManagerText(kind: 'inactive' | 'locked'): string {
  return kind === 'locked'
    ? 'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.'
    : 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
}

/**
 * The body as a Go decoder takes it; an empty one is the zero value.
 * @throws HttpError 400
 * @source spec/engine-api.md section 1.3
 */
export function decodeBody(request: ApiRequest, shape: Shape): unknown {
  if (request.body.length === 0) return {};
  checkContentType(request.headers['content-type']);
  return decodeJson(shape, parseJson(request.body.toString('utf8'))) ?? {};
}

function checkContentType(header: string | undefined): void {
  if (header === undefined || header === '') {
    const text = `malformed Content-Type header (${header ?? ''}): mime: no media type`;
    throw httpError('invalid-argument', text);
  }
  const type = /^\s*([^\s;]+)\s*(?:;.*)?$/s.exec(header)?.[1]?.toLowerCase();
  if (type === undefined || !/^[^/]+(?:\/[^/]+)?$/.test(type)) {
    const text = `malformed Content-Type header (${header}): mime: expected token after slash`;
    throw httpError('invalid-argument', text);
  }
  if (type === 'application/json') return;
  const text = `unsupported Content-Type header (${header}): must be 'application/json'`;
  throw httpError('invalid-argument', text);
}

/** An answer of 200 with a value, or another status. */
export function json(value: unknown, status = 200): Answer {
  return { kind: 'json', status, value };
}

/** An answer without a body. */
export function empty(status = 200): Answer {
  return { kind: 'empty', status };
}
