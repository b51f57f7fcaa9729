import { EngineError } from '../base/errors.ts';
import type { CallOptions, EngineClient } from '../engine/client.ts';
import { toResolution, type Resolution, type Resolutions } from './images.ts';

/**
 * Asks the registries for images, each once and all at once.
 *
 * A registry that does not answer or refuses is a result, not an error.
 * @param authOf - X-Registry-Auth value of an image; undefined sends none
 * @throws CancelledError, and EngineError only when the engine itself cannot be reached
 */
export async function resolveImages(
  engine: EngineClient,
  images: readonly string[],
  options: CallOptions & { readonly authOf: (image: string) => string | undefined },
): Promise<Resolutions> {
  const { authOf, signal } = options;
  const entries = await Promise.all(
    images.map(async (image): Promise<readonly [string, Resolution]> => {
      try {
        const answer = await engine.distribution(image, { signal, registryAuth: authOf(image) });
        return [image, toResolution(answer)];
      } catch (error) {
        if (!(error instanceof EngineError) || error.status === undefined) throw error;
        return [image, { kind: 'unreachable', reason: error.message }];
      }
    }),
  );
  return new Map(entries);
}
