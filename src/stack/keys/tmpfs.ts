import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';

/**
 * Temporary file systems of a service.
 *
 * Parity: docker drops the key without a word (merge-lists-append), so we send nothing either; but
 * we say so, and how to get what was meant.
 * @source spec/stack-file.md 8.8
 */
export const tmpfs: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'ignored',
  reason: 'write the mount under "volumes": {type: tmpfs, target: /path}',
  convert: (value, scope) => {
    if (scope.compat === 'docker') return;
    const target = value[0]?.split(':')[0];
    if (target === undefined) return;
    scope.problem(['tmpfs'], {
      code: 'tmpfs-without-effect',
      severity: 'warning',
      message: `service ${scope.service}: tmpfs has no effect in a stack: nothing is mounted on ${target}`,
      hint: `write "volumes: [{type: tmpfs, target: ${target}}]"`,
    });
  },
});
