import { parseImage } from '../../swarm/image-reference.ts';
import { rpcError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

/** The image is named, and by a reference. @source swarmkit manager/controlapi/service.go (validateImage) */
export const imageRule: SpecRule = ({ TaskTemplate }) => {
  const image = TaskTemplate.ContainerSpec?.Image;
  if (!image) {
    return rpcError('InvalidArgument', 'ContainerSpec: image reference must be provided');
  }
  return parseImage(image).kind === 'ok'
    ? undefined
    : rpcError(
        'InvalidArgument',
        `ContainerSpec: ${JSON.stringify(image)} is not a valid repository/tag`,
      );
};
