import type { ServerResponse } from 'node:http';
import { ENGINE_VERSION, formatApiVersion, MAX_API_VERSION } from './api-version.ts';
import type { Answer, AnswerSink } from './route.ts';

/** Headers of every routed answer. @source spec/engine-api.md section 1.2 */
export const ROUTED_HEADERS: Readonly<Record<string, string>> = {
  'Api-Version': formatApiVersion(MAX_API_VERSION),
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${ENGINE_VERSION} (linux)`,
};

/** Writes an answer that is whole. */
export function sendAnswer(
  response: ServerResponse,
  answer: Exclude<Answer, { kind: 'stream' | 'pass' }>,
): void {
  switch (answer.kind) {
    case 'json': {
      const text = answer.text ?? JSON.stringify(answer.value);
      send(response, answer.status, 'application/json', `${text}\n`);
      return;
    }
    case 'text':
      for (const [name, value] of Object.entries(answer.headers ?? {})) {
        response.setHeader(name, value);
      }
      send(response, answer.status, 'text/plain; charset=utf-8', answer.text);
      return;
    case 'empty':
      response.statusCode = answer.status;
      if (answer.status !== 204) response.setHeader('Content-Length', '0');
      response.end();
  }
}

/** Writes the message of a refusal. @source spec/engine-api.md section 1.4 */
export function sendError(response: ServerResponse, status: number, message: string): void {
  send(response, status, 'application/json', `${JSON.stringify({ message })}\n`);
}

/** Opens an answer that goes on until `run` returns or the client hangs up. */
export async function sendStream(
  response: ServerResponse,
  { contentType, run }: Extract<Answer, { kind: 'stream' }>,
): Promise<void> {
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType);
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  const aborted = new AbortController();
  response.on('close', () => aborted.abort());
  await run(createSink(response, aborted.signal));
  response.end();
}

function createSink(response: ServerResponse, signal: AbortSignal): AnswerSink {
  return {
    signal,
    write(chunk) {
      if (signal.aborted || response.write(chunk)) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          response.off('drain', go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        response.on('drain', go);
        signal.addEventListener('abort', go);
      });
    },
  };
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  const body = Buffer.from(text);
  response.statusCode = status;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
