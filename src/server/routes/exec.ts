import type { Duplex } from 'node:stream';
import { showExec, type ExecEntry } from '../exec-book.ts';
import { bool, list, struct, text, uint32, type Shape } from '../go-json/shape.ts';
import { httpError } from '../http-errors.ts';
import { toFrame, type StreamNumber } from '../log-frames.ts';
import {
  decodeBody,
  empty,
  json,
  type Answer,
  type AnswerSink,
  type ApiRequest,
  type Route,
  type RouteContext,
} from '../route.ts';
import { accessOf, containerOf, refuseEnded } from './containers.ts';

const execCreate: Shape = struct('container.ExecOptions', {
  User: text,
  Privileged: bool,
  Tty: bool,
  AttachStdin: bool,
  AttachStdout: bool,
  AttachStderr: bool,
  Detach: bool,
  DetachKeys: text,
  Env: list(text),
  WorkingDir: text,
  Cmd: list(text),
});

const execStart: Shape = struct('container.ExecStartOptions', {
  Detach: bool,
  Tty: bool,
  ConsoleSize: list(uint32),
});

interface ExecCreate {
  readonly User?: string;
  readonly Tty?: boolean;
  readonly AttachStdin?: boolean;
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly Cmd?: readonly string[];
}

/** Commands beside tasks that are processes. @source spec/engine-api.md section 12 */
export const execRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/containers/:id/exec',
    handle: (request, context) => {
      const container = containerOf(request, context);
      const body = decodeBody(request, execCreate) as ExecCreate;
      if (!body.Cmd?.length) throw httpError('invalid-argument', 'No exec command specified');
      refuseEnded(container, 'container');
      if (!accessOf(context).exec) {
        throw httpError('not-implemented', 'commands cannot be run beside the tasks of this node');
      }
      const id = context.local.newId(container.id);
      context.execs.add({
        id,
        container,
        attachStdin: body.AttachStdin === true,
        request: {
          command: body.Cmd,
          env: body.Env ?? [],
          dir: body.WorkingDir || undefined,
          user: body.User || undefined,
          hasTty: body.Tty === true,
        },
      });
      return json({ Id: id }, 201);
    },
  },
  { method: 'POST', path: '/exec/:id/start', handle: startExec },
  {
    method: 'GET',
    path: '/exec/:id/json',
    handle: ({ params }, { execs }) => json(showExec(execs.get(params['id'] ?? ''))),
  },
  {
    method: 'POST',
    path: '/exec/:id/resize',
    handle: ({ params, query }, { execs }) => {
      const { running } = execs.get(params['id'] ?? '');
      const rows = Number(query.text('h'));
      const columns = Number(query.text('w'));
      if (!(rows >= 0 && columns >= 0)) throw httpError('invalid-argument', 'invalid size');
      running?.resize?.({ rows, columns });
      return empty();
    },
  },
];

/** Without an upgrade: the output is the answer's body. */
async function startExec(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const entry = context.execs.get(request.params['id'] ?? '');
  const { Detach } = decodeBody(request, execStart) as { Detach?: boolean };
  const refusal = await begin(entry, context);
  if (Detach && refusal !== undefined) throw httpError('invalid-argument', refusal);
  if (Detach) return empty();
  return {
    kind: 'stream',
    contentType: execContentType(entry),
    run: (sink) => writeOutput(entry, sink, refusal),
  };
}

/**
 * @returns why the command cannot be executed, undefined when it runs
 * @throws HttpError 409 it was started before; what the runtime refuses
 */
async function begin(entry: ExecEntry, context: RouteContext): Promise<string | undefined> {
  if (entry.running || entry.exitCode !== undefined) {
    throw httpError('conflict', `Error: Exec command ${entry.id} has already run`);
  }
  const running = await accessOf(context).exec?.(entry.container.task.ID, entry.request);
  if (!running) throw httpError('not-implemented', 'commands cannot be run here');
  if (running.kind === 'refused') {
    entry.exitCode = running.exitCode;
    return (
      'OCI runtime exec failed: exec failed: unable to start container process: ' +
      `${running.reason}: unknown`
    );
  }
  entry.running = running;
  void running.exited.then((code) => {
    entry.exitCode = code;
  });
  return undefined;
}

function execContentType({ request }: ExecEntry): string {
  return request.hasTty
    ? 'application/vnd.docker.raw-stream'
    : 'application/vnd.docker.multiplexed-stream';
}

/** @source moby daemon/server/router/container/exec.go (a refusal is a line of the output) */
async function writeOutput(
  entry: ExecEntry,
  sink: AnswerSink,
  refusal: string | undefined,
): Promise<void> {
  const { running, request } = entry;
  if (refusal !== undefined) {
    const line = Buffer.from(`${refusal}\r\n`);
    await sink.write(request.hasTty ? line : toFrame(1, line));
  }
  if (!running) return;
  const copy = async (from: NodeJS.ReadableStream, stream: StreamNumber): Promise<void> => {
    for await (const chunk of from) {
      const bytes = Buffer.from(chunk);
      await sink.write(request.hasTty ? bytes : toFrame(stream, bytes));
    }
  };
  await Promise.all([copy(running.stdout, 1), copy(running.stderr, 2)]);
  await running.exited;
}

/**
 * Serves a start of which the connection was taken over: what the client sends is the command's
 * input, half-closed when the client has no more.
 * @returns what to answer before the bytes flow
 */
export async function hijackExec(
  request: ApiRequest,
  context: RouteContext,
): Promise<{ readonly contentType: string; readonly run: (socket: Duplex) => Promise<void> }> {
  const entry = context.execs.get(request.params['id'] ?? '');
  decodeBody(request, execStart);
  const refusal = await begin(entry, context);
  return {
    contentType: execContentType(entry),
    run: async (socket) => {
      const gone = new AbortController();
      socket.on('close', () => gone.abort());
      if (entry.running && entry.attachStdin) socket.pipe(entry.running.stdin);
      else socket.resume();
      const sink: AnswerSink = {
        signal: gone.signal,
        write: (chunk) =>
          new Promise((resolve) => {
            if (gone.signal.aborted) resolve();
            else socket.write(chunk, () => resolve());
          }),
      };
      await writeOutput(entry, sink, refusal);
      socket.end();
    },
  };
}
