import { UserError, EXIT_CODE } from '../base/errors.ts';
import type { StackModel } from '../stack/model.ts';
import type { Context } from './context.ts';

/**
 * The model with every image pinned to the digest its registry gives for it now.
 *
 * Asks through the engine, as a deploy does, without credentials.
 * @throws UserError when a registry does not answer: a half-pinned file would look finished;
 *   EngineError
 */
export async function pinImages(model: StackModel, context: Context): Promise<StackModel> {
  const [{ resolveImages }, engine] = await Promise.all([
    import('../plan/resolve-images.ts'),
    context.engine(),
  ]);
  const images = new Set(
    Object.values(model.services).flatMap(({ image = '' }) =>
      image === '' || image.includes('@') ? [] : [image],
    ),
  );
  const { signal } = context;
  const resolutions = await resolveImages(engine, [...images].sort(), {
    signal,
    authOf: () => undefined,
  });
  const services = Object.create(null) as Record<string, StackModel['services'][string]>;
  for (const [name, service] of Object.entries(model.services)) {
    const { image = '' } = service;
    const resolution = resolutions.get(image);
    const digest = resolution?.kind === 'resolved' ? resolution.digest : undefined;
    if (images.has(image) && digest === undefined) throw unresolved(name, image, resolution);
    services[name] = digest === undefined ? service : { ...service, image: `${image}@${digest}` };
  }
  return { ...model, services };
}

function unresolved(
  service: string,
  image: string,
  resolution: { readonly kind: string; readonly reason?: string } | undefined,
): UserError {
  const reason = resolution?.reason ?? 'the registry gave no digest';
  return new UserError(`service ${service}: no digest for image ${image}: ${reason}`, {
    code: 'image-not-resolved',
    exitCode: EXIT_CODE.failed,
    hint: 'Log in to the registry, check the name, or leave out --resolve-image-digests.',
  });
}
