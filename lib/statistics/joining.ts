import type { Tally } from './tally.js';

/** So many loads that nobody has joined are taken for granted: few tell little. */
const PRIOR = 2;

/** What is known of a load that a call is about to begin, unless it joins another one. */
interface Begun {
  readonly slot: number;
  readonly expected: number;
  readonly before: number;
}

/**
 * How calls of the keys in some slots come together: for each load that a call begins, how many would join it if they came at random, and
 * how many really do. It is told of each call that finds nothing, then of it once more if it joins.
 */
export class Joining {
  readonly #loadsUntil: Float64Array;
  #begun: Begun | undefined;

  constructor(capacity: number) {
    this.#loadsUntil = new Float64Array(capacity).fill(NaN);
  }

  /** Another key has come into the slot, or the load has filled: what comes later is none of it. */
  forget(slot: number): void {
    this.#loadsUntil[slot] = NaN;
  }

  /** A call has found nothing; a load would last until the instant `until`, and so many are expected to join it. */
  foundNothing(slot: number, tally: Tally, until: number, expected: number): void {
    this.#begun = { slot, expected, before: this.#loadsUntil[slot] ?? NaN };
    this.#loadsUntil[slot] = until;
    tally.begun += 1;
    tally.expectedToJoin += expected;
  }

  /** Until when the load was to last that was begun last, as was said then; `NaN`: none was. */
  loadsUntil(slot: number): number {
    return this.#loadsUntil[slot] ?? NaN;
  }

  /** It joins a load. Returns until when that is to last, as was said when it began. */
  joins(slot: number, tally: Tally): number {
    tally.joined += 1;
    if (this.#begun?.slot === slot) {
      this.#loadsUntil[slot] = this.#begun.before;
      tally.begun -= 1;
      tally.expectedToJoin -= this.#begun.expected;
    }
    this.#begun = undefined;
    return this.loadsUntil(slot);
  }
}

/** How many more calls join each load than would if calls came at random: those that come together with the one that begins it. */
export function companyOf({ begun, joined, expectedToJoin }: Tally): number {
  return Math.max(0, joined - expectedToJoin) / (begun + PRIOR);
}
