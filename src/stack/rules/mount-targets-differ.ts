import { eachService } from './rule.ts';

/** No two mounts share a target. @source spec/stack-file.md 11.5 */
export const mountTargetsDiffer = eachService(({ TaskTemplate }) => {
  const seen = new Set<string>();
  return (TaskTemplate.ContainerSpec?.Mounts ?? []).flatMap(({ Target }, index) => {
    const isTwin = seen.has(Target);
    seen.add(Target);
    if (!isTwin) return [];
    return {
      path: ['volumes', index],
      code: 'duplicate-mount-target',
      reason: `duplicate mount point: ${Target}`,
      hint: 'give one of the mounts another target',
    };
  });
});
