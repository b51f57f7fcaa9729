import type { Distribution } from '../engine/client.ts';
import type { Platform } from '../swarm/object.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import { LABEL_IMAGE } from '../swarm/stack-labels.ts';
import type { PlanOptions } from './plan-options.ts';

/** What a registry said of an image, or why it said nothing. */
export type Resolution =
  | {
      readonly kind: 'resolved';
      readonly digest: string | undefined;
      readonly platforms: readonly Platform[];
    }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Resolutions by image as the spec writes it. */
export type Resolutions = ReadonlyMap<string, Resolution>;

/** Where the image of a service comes from. */
type ImageSource = 'registry' | 'stored' | 'file';

/**
 * Where the image of a service is to come from.
 *
 * The stored image is kept when the file still says the same word (the label holds it), unless the
 * registry is to be asked anyway.
 * @source spec/stack-file.md sections 14.2, 14.3
 */
function imageSource(
  spec: ServiceSpec,
  stored: Service | undefined,
  options: PlanOptions,
): ImageSource {
  if (options.keepsImages === true) return 'file';
  if (options.resolveImage === 'always') return 'registry';
  if (stored && isSameWord(spec, stored)) return 'stored';
  return options.resolveImage === 'never' ? 'file' : 'registry';
}

function isSameWord(spec: ServiceSpec, stored: Service): boolean {
  return spec.Labels?.[LABEL_IMAGE] === stored.Spec.Labels?.[LABEL_IMAGE];
}

/** The distinct images a registry must be asked for, sorted. */
export function imagesToResolve(
  services: readonly ServiceSpec[],
  storedByName: ReadonlyMap<string, Service>,
  options: PlanOptions,
): readonly string[] {
  const images = services
    .filter((spec) => imageSource(spec, storedByName.get(spec.Name), options) === 'registry')
    .map((spec) => spec.TaskTemplate.ContainerSpec?.Image ?? '')
    .filter(Boolean);
  return [...new Set(images)].sort();
}

/** What an answer of the registry means for a service. */
export function toResolution(answer: Distribution): Resolution {
  const platforms = new Map<string, Platform>();
  for (const { os = '', architecture = '' } of answer.Platforms ?? []) {
    if (os === 'unknown' || architecture === 'unknown') continue;
    // Nodes report armv6l and armv7l, images only "arm": it cannot be told which fits.
    const platform: Platform = {
      ...(architecture === '' || architecture === 'arm' ? {} : { Architecture: architecture }),
      ...(os === '' ? {} : { OS: os }),
    };
    platforms.set(`${os}/${platform.Architecture ?? ''}`, platform);
  }
  return {
    kind: 'resolved',
    digest: answer.Descriptor.digest,
    platforms: [...platforms.values()],
  };
}

/** A spec with its image decided. */
export interface ImageChoice {
  readonly spec: ServiceSpec;
  /** Image that no registry would vouch for. */
  readonly unresolved?: string | undefined;
}

/**
 * The spec with the image (digest, platforms) that is to be sent.
 *
 * An unreachable registry does not replace a pinned digest by a floating tag: the stored image is
 * kept when the file still says the same word. Deviates: D-0042.
 */
export function chooseImage(
  spec: ServiceSpec,
  stored: Service | undefined,
  context: { readonly options: PlanOptions; readonly resolutions: Resolutions },
): ImageChoice {
  const { options, resolutions } = context;
  const source = imageSource(spec, stored, options);
  if (source === 'file') return { spec };
  if (source === 'stored' && stored) {
    const keepsPlatforms = options.resolveImage === 'changed' && !options.compatDocker;
    return { spec: withStoredImage(spec, stored, keepsPlatforms) };
  }
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  const resolution = resolutions.get(image);
  if (resolution?.kind === 'resolved') return { spec: withResolution(spec, resolution) };
  const keepsStored = stored && isSameWord(spec, stored) && !options.compatDocker;
  return { spec: keepsStored ? withStoredImage(spec, stored, true) : spec, unresolved: image };
}

function withStoredImage(spec: ServiceSpec, stored: Service, keepsPlatforms: boolean): ServiceSpec {
  const platforms = keepsPlatforms ? stored.Spec.TaskTemplate.Placement?.Platforms : undefined;
  return withImage(spec, stored.Spec.TaskTemplate.ContainerSpec?.Image ?? '', platforms ?? []);
}

function withResolution(
  spec: ServiceSpec,
  resolution: Extract<Resolution, { kind: 'resolved' }>,
): ServiceSpec {
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  const pinned =
    resolution.digest && !image.includes('@') ? `${image}@${resolution.digest}` : image;
  return withImage(spec, pinned, resolution.platforms);
}

function withImage(spec: ServiceSpec, image: string, platforms: readonly Platform[]): ServiceSpec {
  const task = spec.TaskTemplate;
  // A `platform` of the file is narrower than what the image is made for.
  const wanted = task.Placement?.Platforms ?? [];
  const placement =
    platforms.length > 0 && wanted.length === 0
      ? { Placement: { ...task.Placement, Platforms: platforms } }
      : {};
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      ...placement,
      ContainerSpec: { ...task.ContainerSpec, Image: image },
    },
  };
}
