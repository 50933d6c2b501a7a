import { AGE_BUCKETS, bucketOfAge } from './ttl-grid.js';
import { zeros } from './zeros.js';

/** Times for which values were right as far as anybody has said: from a load to the next invalidation. */
export interface Lives {
  /** How long they lasted on average, in milliseconds. */
  readonly length: number;
  /** How many calls came in a millisecond of each, all added up. */
  readonly callRate: number;
}

/**
 * For how long keys were called without an invalidation in between, and how often: a cache without a ttl would have served values of these
 * ages. Two numbers for each range of lengths, in one array, as there is a record for each pattern.
 */
export class LifeRecord {
  readonly #numbers: number[];

  constructor(numbers = zeros(2 * AGE_BUCKETS)) {
    this.#numbers = numbers;
  }

  /** Calls at the rate `callRate` (per millisecond), for `length` milliseconds. */
  add(length: number, callRate: number): void {
    const at = 2 * bucketOfAge(length);
    this.#numbers[at] = (this.#numbers[at] ?? 0) + callRate;
    this.#numbers[at + 1] = (this.#numbers[at + 1] ?? 0) + callRate * length;
  }

  /** One that can be added to, without a change to this one. */
  copy(): LifeRecord {
    return new LifeRecord(this.#numbers.slice());
  }

  get lives(): Lives[] {
    return Array.from({ length: AGE_BUCKETS }, (_, bucket) => {
      const [callRate = 0, lengths = 0] = this.#numbers.slice(2 * bucket);
      return { callRate, length: lengths / callRate };
    }).filter(({ callRate, length }) => callRate > 0 && length > 0);
  }
}
