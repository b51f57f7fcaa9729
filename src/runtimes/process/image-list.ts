import { familiarImage, parseImage } from '../../swarm/image-reference.ts';

/** Says which images there are on a machine where an image is only a name. */
export type HasImage = (image: string) => boolean;

/**
 * A list of images for a machine without an engine. An entry is an image's short name, with `*` for
 * any part of it; one without a tag stands for every tag. Digests are not looked at.
 * @param list - undefined: every name is an image
 */
export function toHasImage(list: readonly string[] | undefined): HasImage {
  if (list === undefined) return () => true;
  const patterns = list.map(toPattern);
  return (image) => {
    const name = shortName(image);
    return patterns.some((pattern) => pattern.test(name));
  };
}

/** `library/` and the default registry left out, the digest too; `:latest` filled in. */
function shortName(text: string): string {
  const parsed = parseImage(text);
  if (parsed.kind === 'error') return text;
  const { domain, path, tag = 'latest' } = parsed.image;
  return familiarImage({ domain, path, tag });
}

function toPattern(entry: string): RegExp {
  const hasTag = /:[^/]*$/.test(entry);
  const escaped = entry.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${escaped}${hasTag ? '' : ':[^/]*'}$`);
}

/** Repositories whose programs are busybox's. */
const BUSYBOX_IMAGES = /^(?:busybox|alpine):/;

/** Whether an image's programs are those of busybox: what the machine lacks, its busybox may have. */
export function isBusyboxImage(image: string): boolean {
  return BUSYBOX_IMAGES.test(shortName(image));
}
