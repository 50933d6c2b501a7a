import { seededRandom } from '../spec/support/random.js';

/** A new order, every one as likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** How often the ids of a scenario are asked for; `'in turn'`: each once, in a random order, and so again. */
export type Popularity = 'zipf' | 'uniform' | 'in turn';

/** YCSB's exponent. */
const ZIPF_EXPONENT = 0.99;
/** At least so many are drawn: a processor that learns a short list by heart knows what comes next. */
const LEAST_DRAWN = 1 << 16;

/** Ids from 1 to `keys`, the same in every process. */
export function drawIds(keys: number, popularity: Popularity): Uint32Array {
  const random = seededRandom(20_240_229);
  if (popularity === 'in turn') {
    return Uint32Array.from(
      shuffled(
        Array.from({ length: keys }, (_, index) => index + 1),
        random,
      ),
    );
  }
  const cumulative = new Float64Array(keys);
  let total = 0;
  for (let rank = 0; rank < keys; rank += 1) {
    total += popularity === 'zipf' ? (rank + 1) ** -ZIPF_EXPONENT : 1;
    cumulative[rank] = total;
  }
  return Uint32Array.from({ length: Math.max(LEAST_DRAWN, keys) }, () => 1 + firstAbove(cumulative, random() * total));
}

function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
