import { request, type IncomingHttpHeaders } from 'node:http';

export interface PlainRequest {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** Only the head of the answer is wanted: it may never end. */
  readonly headOnly?: boolean;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request on a connection of its own. */
export function httpRequest(wanted: PlainRequest): Promise<PlainAnswer> {
  const { socketPath, method, path, headers, body, headOnly } = wanted;
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers, agent: false }, (response) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers };
      if (headOnly) {
        resolve({ ...answer, body: Buffer.alloc(0) });
        sent.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ ...answer, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
