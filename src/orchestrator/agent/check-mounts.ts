import type { Mount } from '../../swarm/service.ts';

type MountRule = (mount: Mount) => string | undefined;

const isAbsolute = (path: string): boolean => path.startsWith('/');

/** What a node refuses in a mount, by type. */
const RULES: Partial<Record<Mount['Type'], MountRule>> = {
  bind: ({ Source = '' }) =>
    isAbsolute(Source)
      ? undefined
      : `invalid bind mount source, must be an absolute path: ${Source}`,
  volume: ({ Source = '' }) =>
    isAbsolute(Source)
      ? `invalid volume mount source, must not be an absolute path: ${Source}`
      : undefined,
  tmpfs: ({ Source = '' }) =>
    Source === '' ? undefined : 'invalid tmpfs source, source must be empty',
};

/**
 * Checks what validation lets pass and every node refuses, whatever its runtime.
 * @throws Error with the text that the task is rejected with
 * @source moby daemon/cluster/executor/container/validate.go; spec/orchestrator.md 18.4
 */
export function checkMounts(mounts: readonly Mount[]): void {
  for (const mount of mounts) {
    if (!isAbsolute(mount.Target)) {
      throw new Error(`invalid mount target, must be an absolute path: ${mount.Target}`);
    }
    const refusal = RULES[mount.Type]?.(mount);
    if (refusal !== undefined) throw new Error(refusal);
  }
}
