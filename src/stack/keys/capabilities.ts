import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import type { ServiceScope } from '../service-scope.ts';

/** Capabilities given to the container. @source spec/stack-file.md 8.4 */
export const capAdd: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, { draft }) => {
    const added = normaliseCapabilities(value);
    if (added.length > 0) draft.container.CapabilityAdd = added;
  },
});

/**
 * Capabilities taken from the container; converted after `cap_add`, which wins.
 * @source spec/stack-file.md 8.4
 */
export const capDrop: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, { draft }: ServiceScope) => {
    const added = new Set(draft.container.CapabilityAdd);
    const dropped = normaliseCapabilities(value).filter((one) => !added.has(one));
    if (dropped.length > 0) draft.container.CapabilityDrop = dropped;
  },
});

/** `net_admin` → `CAP_NET_ADMIN`, sorted, once each; `ALL` swallows the rest. */
function normaliseCapabilities(value: readonly string[]): readonly string[] {
  const names = value
    .map((one) => one.trim().toUpperCase())
    .filter((name) => name !== 'RESET')
    .map((name) => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`));
  return names.includes('ALL') ? ['ALL'] : [...new Set(names)].sort();
}
