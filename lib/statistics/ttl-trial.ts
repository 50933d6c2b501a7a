import { TRIED_TTLS } from './ttl-grid.js';
import { zeros } from './zeros.js';

const TTLS = TRIED_TTLS.length;
/** In milliseconds: sums are rounded. */
const SAME_INSTANT = 0.001;

/** What each ttl that is tried would have missed so far, for the keys of one pattern. */
export type TriedMisses = number[];

export function noMisses(): TriedMisses {
  return zeros(TTLS);
}

/**
 * Caches of the same keys with other ttls, as they would be: of each sampled key, when each would have loaded it last. Between two
 * instants at which one of them would load, a call changes nothing, and need not even be told (`lookAgainAt`).
 */
export class TtlTrial {
  /** By slot, then by ttl: when the entry would end. */
  readonly #endsAt: Float64Array;

  /** So many keys. */
  constructor(capacity: number) {
    this.#endsAt = new Float64Array(capacity * TTLS);
  }

  /** None of the caches has the key in this slot: it is new, or was invalidated. */
  forget(slot: number): void {
    this.#endsAt.fill(-Infinity, slot * TTLS, (slot + 1) * TTLS);
  }

  /**
   * A call of the key in `slot`, at the instant `at`. Where it misses, `calls` are added to `misses`, itself and those that wait with it for
   * the load, which takes `load` milliseconds. Returns the instant from which a call has to be told again.
   */
  call(slot: number, at: number, misses: TriedMisses, calls: number, load: number): number {
    let lookAgainAt = Infinity;
    for (let ttl = 0, index = slot * TTLS; ttl < TTLS; ttl += 1, index += 1) {
      let endsAt = this.#endsAt[index] ?? 0;
      if (at >= endsAt) {
        misses[ttl] = (misses[ttl] ?? 0) + calls;
        endsAt = at + load + (TRIED_TTLS[ttl] ?? 0);
        this.#endsAt[index] = endsAt;
      }
      if (endsAt < lookAgainAt) lookAgainAt = endsAt;
    }
    return lookAgainAt;
  }

  /** `calls` wait for a load that really is under way, and is to end at the instant `until`: they miss where it is a load of the trial as well. */
  joined(slot: number, misses: TriedMisses, calls: number, until: number): void {
    for (let ttl = 0; ttl < TTLS; ttl += 1) {
      if (this.#isOfLoad(slot, ttl, until)) misses[ttl] = (misses[ttl] ?? 0) + calls;
    }
  }

  /** A load that really was, and was to end at the instant `until`, has left no entry: neither has it in the trial. */
  unfilled(slot: number, until: number): void {
    for (let ttl = 0; ttl < TTLS; ttl += 1) {
      if (this.#isOfLoad(slot, ttl, until)) this.#endsAt[slot * TTLS + ttl] = -Infinity;
    }
  }

  #isOfLoad(slot: number, ttl: number, until: number): boolean {
    const loadedAt = (this.#endsAt[slot * TTLS + ttl] ?? 0) - (TRIED_TTLS[ttl] ?? 0);
    return Math.abs(loadedAt - until) < SAME_INSTANT;
  }
}
