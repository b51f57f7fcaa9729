import type { Service } from '../../swarm/service.ts';
import { LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import type { Listing } from '../render/listing.ts';
import { compareNatural } from '../render/natural-order.ts';

/**
 * Stacks and how many services each has, from the services that carry a stack's label.
 * @source spec/stack-file.md section 2.2
 */
export function listStacks(services: readonly Service[]): Listing {
  const counts = new Map<string, number>();
  for (const service of services) {
    const stack = service.Spec.Labels?.[LABEL_NAMESPACE];
    if (stack !== undefined) counts.set(stack, (counts.get(stack) ?? 0) + 1);
  }
  const names = [...counts.keys()].sort(compareNatural);
  return {
    titles: { Name: 'NAME', Services: 'SERVICES' },
    columns: ['Name', 'Services'],
    rows: names.map((name) => ({ Name: name, Services: String(counts.get(name)) })),
    quietField: 'Name',
  };
}
