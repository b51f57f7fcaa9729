/** Orders beyond this number are not tried: five nodes have so many. */
const MAX_ORDERS = 120;

/**
 * Every order of so many things, or the first 120: positions, the first thing's first.
 */
export function* nodeOrders(count: number): Generator<readonly number[]> {
  let left = MAX_ORDERS;
  for (const order of permutations(Array.from({ length: count }, (_, at) => at))) {
    if (left === 0) return;
    left -= 1;
    yield order;
  }
}

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length <= 1) {
    yield items;
    return;
  }
  for (const [at, first] of items.entries()) {
    const others = items.filter((_, index) => index !== at);
    for (const rest of permutations(others)) yield [first, ...rest];
  }
}
