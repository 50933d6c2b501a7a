import { TRIED_TTLS } from './ttl-grid.js';
import { zeros } from './zeros.js';

const TTLS = TRIED_TTLS.length;

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
  /** By slot, a bit for each ttl: would that cache wait for the load that really is under way as well? Until it has ended, however long that takes. */
  readonly #sameLoad: Uint16Array;
  /** The same bits: which would have begun one at the call that was told last? */
  #missed = 0;

  /** So many keys. */
  constructor(capacity: number) {
    this.#endsAt = new Float64Array(capacity * TTLS);
    this.#sameLoad = new Uint16Array(capacity);
  }

  /** None of the caches has the key in this slot: it is new, or was invalidated. */
  forget(slot: number): void {
    this.#endsAt.fill(-Infinity, slot * TTLS, (slot + 1) * TTLS);
    this.#sameLoad[slot] = 0;
  }

  /**
   * A call of the key in `slot`, at the instant `at`. Where it misses, `calls` are added to `misses`, itself and those that wait with it for
   * the load, which takes `load` milliseconds. Returns the instant from which a call has to be told again.
   */
  call(slot: number, at: number, misses: TriedMisses, calls: number, load: number): number {
    const loading = this.#sameLoadIn(slot);
    let lookAgainAt = Infinity;
    let missed = 0;
    for (let ttl = 0, index = slot * TTLS; ttl < TTLS; ttl += 1, index += 1) {
      let endsAt = this.#endsAt[index] ?? 0;
      if (at >= endsAt && !isIn(loading, ttl)) {
        misses[ttl] = (misses[ttl] ?? 0) + calls;
        endsAt = at + load + (TRIED_TTLS[ttl] ?? 0);
        this.#endsAt[index] = endsAt;
        missed |= 1 << ttl;
      }
      if (endsAt < lookAgainAt) lookAgainAt = endsAt;
    }
    this.#missed = missed;
    return lookAgainAt;
  }

  /** There is an entry, whoever has loaded it: nobody waits for a load any more. */
  found(slot: number): void {
    this.#sameLoad[slot] = 0;
  }

  /** `calls` miss in all caches, which stay as they are. */
  unanswered(misses: TriedMisses, calls: number): void {
    for (let ttl = 0; ttl < TTLS; ttl += 1) misses[ttl] = (misses[ttl] ?? 0) + calls;
  }

  /** All caches are given a value, at the instant `at`. */
  written(slot: number, at: number): void {
    for (let ttl = 0; ttl < TTLS; ttl += 1) this.#endsAt[slot * TTLS + ttl] = at + (TRIED_TTLS[ttl] ?? 0);
    this.#sameLoad[slot] = 0;
  }

  /** The call that was told last has begun a load; where one was under way that nobody may join any more, `calls` wait for this one. */
  begins(slot: number, misses: TriedMisses, calls: number): void {
    this.joined(slot, misses, calls);
    this.#sameLoad[slot] = this.#sameLoadIn(slot) | this.#missed;
  }

  /** `calls` wait for the load that is under way: they miss with each ttl that has it as well. */
  joined(slot: number, misses: TriedMisses, calls: number): void {
    const same = this.#sameLoadIn(slot);
    for (let ttl = 0; ttl < TTLS; ttl += 1) {
      if (isIn(same, ttl)) misses[ttl] = (misses[ttl] ?? 0) + calls;
    }
  }

  /** The load has left an entry, at the instant `at`. One that leaves none goes on, as it were: whoever calls next waits as well. */
  filled(slot: number, at: number): void {
    const same = this.#sameLoadIn(slot);
    for (let ttl = 0; ttl < TTLS; ttl += 1) {
      if (isIn(same, ttl)) this.#endsAt[slot * TTLS + ttl] = at + (TRIED_TTLS[ttl] ?? 0);
    }
    this.#sameLoad[slot] = 0;
  }

  #sameLoadIn(slot: number): number {
    return this.#sameLoad[slot] ?? 0;
  }
}

function isIn(ttls: number, ttl: number): boolean {
  return (ttls & (1 << ttl)) !== 0;
}
