import type { Placement } from '../../swarm/service.ts';
import { struct, type Codec } from '../codec.ts';
import { listOf, textList } from '../collections.ts';
import { text, wholeNumber } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';

interface PreferenceModel {
  readonly spread?: string;
}

/** Where tasks may run. @source spec/stack-file.md 9.5 */
export interface PlacementModel {
  readonly constraints?: readonly string[];
  readonly preferences?: readonly PreferenceModel[];
  readonly max_replicas_per_node?: number;
  readonly extensions?: YamlMap;
}

/** Reads, merges and prints deploy.placement. */
export const placementCodec: Codec<PlacementModel> = struct<PlacementModel>({
  constraints: textList,
  preferences: listOf(struct<PreferenceModel>({ spread: text }, { keepEmpty: true })),
  max_replicas_per_node: wholeNumber({ as: 'uint64', zero: 'absent' }),
});

/** The engine's form; the member is always sent. */
export function toPlacement(model: PlacementModel | undefined): Placement {
  const { constraints = [], preferences = [], max_replicas_per_node: max = 0 } = model ?? {};
  return {
    ...(constraints.length > 0 && { Constraints: constraints }),
    ...(preferences.length > 0 && {
      Preferences: preferences.map(({ spread = '' }) => ({ Spread: { SpreadDescriptor: spread } })),
    }),
    ...(max !== 0 && { MaxReplicas: max }),
  };
}
