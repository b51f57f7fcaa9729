import type { IncomingHttpHeaders } from 'node:http';

/**
 * The registry credentials that came with a request, as they came; undefined when there are none,
 * or when they cannot be read: that is no error.
 * @source spec/engine-api.md sections 6.2 (Create) and 13
 */
export function registryAuthOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['x-registry-auth'];
  if (typeof header !== 'string' || header === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    return typeof value === 'object' && value !== null ? header : undefined;
  } catch {
    return undefined;
  }
}
