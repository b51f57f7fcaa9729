import { LABEL_DEPENDS_ON } from '../../swarm/dependency-label.ts';
import { dependenciesOf } from '../dependencies.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { asWritten } from '../scalars.ts';
import type { YamlValue } from '../yaml-values.ts';

/**
 * Order of services: `convertDependencies` reads it. A label keeps the names for `rm`; docker's
 * format gets none, so that requests stay docker's.
 * @source spec/stack-file.md 8.8; research/demand.md 5.3; D-0300
 */
export const dependsOn: KeySpec<NonNullable<YamlValue>> = defineKey({
  codec: {
    ...asWritten,
    merge: (base, over) =>
      Array.isArray(base) && Array.isArray(over)
        ? ([...base, ...over] as readonly YamlValue[])
        : over,
    print: (value) => (Array.isArray(value) && value.length === 0 ? undefined : value),
  },
  support: 'supported',
  convert: (value, { draft, format, compat }) => {
    if (format === 'docker' || compat === 'docker') return;
    const names = [...new Set(dependenciesOf(value).map(({ on }) => on))].sort();
    if (names.length === 0) return;
    draft.serviceLabels = { ...draft.serviceLabels, [LABEL_DEPENDS_ON]: names.join(',') };
  },
});
