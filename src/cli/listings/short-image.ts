import { familiarImage, parseImage } from '../../swarm/image-reference.ts';

/**
 * An image as tables show it: familiar form, without the digest when a tag is there.
 * @source docker/cli cli/command/service/formatter.go, task/formatter.go
 */
export function shortImage(image: string): string {
  const parsed = parseImage(image);
  if (parsed.kind === 'error' || parsed.image.tag === undefined) return image;
  const { domain, path, tag } = parsed.image;
  return familiarImage({ domain, path, tag });
}
