import { AGE_BUCKETS, bucketOfAge } from './ttl-grid.js';
import { zeros } from './zeros.js';

/**
 * How many loads found another value than the one before, by the age of that. Three numbers for each range of ages, in one array, as there
 * is a record for each pattern.
 */
export class ChangeRecord {
  readonly #numbers = zeros(3 * AGE_BUCKETS);

  /** A value that was `age` milliseconds old was loaded again. */
  add(age: number, hasChanged: boolean): void {
    const at = 3 * bucketOfAge(age);
    this.#numbers[at] = (this.#numbers[at] ?? 0) + 1;
    if (hasChanged) this.#numbers[at + 1] = (this.#numbers[at + 1] ?? 0) + 1;
    // Nothing is loaded twice in no time, though clocks may say so.
    this.#numbers[at + 2] = (this.#numbers[at + 2] ?? 0) + Math.max(1, age);
  }

  /** What was found at ages of each range, from the youngest on; nothing of those at which nothing was loaded. */
  get observations(): Observations[] {
    return Array.from({ length: AGE_BUCKETS }, (_, bucket) => {
      const [loads = 0, changed = 0, ages = 0] = this.#numbers.slice(3 * bucket);
      return { loads, changed, ages };
    }).filter(({ loads }) => loads > 0);
  }
}

/** Loads of values of about the same age. */
export interface Observations {
  readonly loads: number;
  /** Those that found another value. */
  readonly changed: number;
  /** The sum of the ages of the values that were loaded again, in milliseconds. */
  readonly ages: number;
}
