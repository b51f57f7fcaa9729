import { formatPlace } from '../field-place.ts';
import type { PreflightRule } from './preflight-rule.ts';

/** How registries say that they have no such image, or do not show it. */
const ABSENT = /manifest unknown|not found|name unknown|denied|unauthorized/i;

/**
 * Images that their registry does not have, or not for us.
 *
 * A note: nodes may hold the image all the same, and docker deploys it with a warning.
 */
export const knownImages: PreflightRule = {
  name: 'known-images',
  check({ plan, spec, resolutions }) {
    return [...resolutions].flatMap(([image, resolution]) => {
      if (resolution.kind !== 'unreachable' || !ABSENT.test(resolution.reason)) return [];
      const users = plan.operations.flatMap((one) =>
        (one.kind === 'service-create' || one.kind === 'service-update') &&
        one.spec.TaskTemplate.ContainerSpec?.Image?.split('@')[0] === image
          ? [one.name]
          : [],
      );
      const [first] = users;
      if (first === undefined) return [];
      const place = formatPlace(spec, first, 'TaskTemplate.ContainerSpec.Image');
      const message = `${place}image ${image} (${users.join(', ')}): ${resolution.reason}; a node without it cannot start the task`;
      const note = { code: 'image-not-found', severity: 'note', subject: image, message } as const;
      return [{ kind: 'note', note } as const];
    });
  },
};
