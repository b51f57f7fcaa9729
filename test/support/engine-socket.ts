import { request } from 'node:http';

/** One raw request to an engine's unix socket, for setting a lab up; `body` is JSON or bytes. */
export interface SocketRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object | Buffer;
  readonly timeoutMs?: number;
}

/** Sends it; resolves with the parsed JSON (or the text); rejects on any status from 300 on. */
export function askEngine(socketPath: string, wanted: SocketRequest): Promise<unknown> {
  const { method, path, body, timeoutMs = 60_000 } = wanted;
  const bytes =
    body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json';
  const headers = bytes ? { 'Content-Type': type, 'Content-Length': bytes.length } : {};
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const status = response.statusCode ?? 0;
        if (status >= 300) reject(new Error(`${method} ${path}: ${status} ${text}`));
        else resolve(parse(text));
      });
    });
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`${method} ${path}: timed out`)));
    sent.on('error', reject);
    sent.end(bytes);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
