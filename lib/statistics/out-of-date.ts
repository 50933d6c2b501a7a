import type { Observations } from './change-record.js';
import type { Lives } from './life-record.js';

/** From fewer loads nobody can tell how often values change; nor, from fewer of the oldest values, that old ones change more often. */
const FEWEST_LOADS = 20;

/**
 * From values every one of which has changed by the youngest age at which any was loaded again nobody can tell how soon they do: the more
 * loads, the sooner it would seem. They are taken for such of which 95 % have changed by then.
 */
const HAZARD_WHERE_ALL_CHANGED = 3;

/** A stretch of ages in which the rate of change is taken for constant. */
interface Stretch {
  /** Where it ends, in milliseconds. */
  readonly age: number;
  /** -ln of the share of values that are the same at that age. */
  readonly hazard: number;
}

/**
 * For a ttl, the share of hits that would be out of date: of all ages at which calls would have found an entry, how often the value has
 * changed by then. `undefined` where too few loads were observed.
 *
 * Ages: within a time without invalidations of a key (`lives`), a cache loads once in a ttl, and its calls come at any time alike.
 * Changes: the share of values that have changed by an age is what loads found at that age, made to rise with it (isotonic regression by
 * pooling adjacent violators); in between, and beyond, changes are taken for a Poisson process. Where all have changed, or none, the
 * share is corrected as in J. Cho, H. Garcia-Molina, "Estimating Frequency of Change", 2003.
 */
export function outOfDateShare(
  observed: readonly Observations[],
  lives: readonly Lives[],
): ((ttl: number) => number) | undefined {
  const loads = observed.reduce((sum, each) => sum + each.loads, 0);
  if (loads < FEWEST_LOADS) return undefined;
  const stretches = stretchesOf(observed);
  const changedWithin = (age: number): number => age - sameUpTo(age, stretches);
  return (ttl) => {
    let [changed, all] = [0, 0];
    for (const { length, callRate } of lives) {
      const whole = Math.floor(length / ttl);
      const rest = length - whole * ttl;
      changed += callRate * (whole * changedWithin(ttl) + changedWithin(rest));
      all += callRate * length;
    }
    return all === 0 ? changedWithin(ttl) / ttl : changed / all;
  };
}

function stretchesOf(observed: readonly Observations[]): Stretch[] {
  const pools: Observations[] = [];
  for (const found of observed) {
    let pool = found;
    for (let last = pools.at(-1); last !== undefined && share(last) >= share(pool); last = pools.at(-1)) {
      pool = together(last, pool);
      pools.pop();
    }
    pools.push(pool);
  }
  // What is beyond the last one is judged by it, and the most of few is mostly too much.
  while (pools.length > 1 && (pools.at(-1)?.loads ?? 0) < FEWEST_LOADS) pools.push(pools.splice(-2).reduce(together));
  return pools.map(({ loads, changed, ages }, index) => {
    const hazard = -Math.log((loads - changed + 0.5) / (loads + 0.5));
    const isUnknown = index === 0 && changed === loads;
    return { age: ages / loads, hazard: isUnknown ? Math.min(HAZARD_WHERE_ALL_CHANGED, hazard) : hazard };
  });
}

function together(one: Observations, other: Observations): Observations {
  return { loads: one.loads + other.loads, changed: one.changed + other.changed, ages: one.ages + other.ages };
}

function share({ loads, changed }: Observations): number {
  return changed / loads;
}

/** ∫ e^(-hazard) over the ages up to `age`: for how long of it the value is the same, on average. */
function sameUpTo(age: number, stretches: readonly Stretch[]): number {
  let from: Stretch = { age: 0, hazard: 0 };
  let rate = 0;
  let same = 0;
  for (const to of stretches) {
    rate = Math.max(0, to.hazard - from.hazard) / (to.age - from.age);
    if (age <= to.age) break;
    same += sameWithin(from.hazard, rate, to.age - from.age);
    from = to;
  }
  // Beyond the last stretch: as often as on the whole way to it.
  if (age > from.age && from === stretches.at(-1)) rate = from.hazard / from.age;
  return same + sameWithin(from.hazard, rate, age - from.age);
}

function sameWithin(hazard: number, rate: number, length: number): number {
  return Math.exp(-hazard) * (rate === 0 ? length : (1 - Math.exp(-rate * length)) / rate);
}
