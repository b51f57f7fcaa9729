import { parseImage } from '../../swarm/image-reference.ts';
import { lintServices } from './lint-rule.ts';

/** `latest` says neither what runs nor what to go back to. */
export const floatingTag = lintServices('floating-tag', (service) => {
  const image = service.image ?? '';
  const parsed = parseImage(image);
  if (image === '' || parsed.kind !== 'ok' || image.includes('@')) return [];
  const name = image.slice(image.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest';
  if (tag !== 'latest') return [];
  return [
    {
      path: ['image'],
      message: `${image} means another image every day, and cannot be gone back to`,
      hint: 'name a version: IMAGE:1.2.3',
    },
  ];
});
