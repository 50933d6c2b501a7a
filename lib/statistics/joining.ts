import type { Tally } from './tally.js';

/** So many loads that nobody has joined are taken for granted: few tell little. */
const PRIOR = 2;

/**
 * How calls of the same key come together: for each load that a call begins, how many would join it if they came at random, and how
 * many really do. It is told of each call that finds nothing, and then what that does.
 */
export class Joining {
  /** Of the last call that found nothing, until it is known what it does. */
  #slot: number | undefined;
  #expected = 0;

  /** A call has found nothing; so many are expected to join it, if it begins a load. */
  foundNothing(slot: number, expected: number): void {
    this.#slot = slot;
    this.#expected = expected;
  }

  /** A load begins. `false`: not by the call that was told last. */
  begins(slot: number, tally: Tally): boolean {
    const isOfCall = slot === this.#slot;
    this.#slot = undefined;
    if (!isOfCall) return false;
    tally.begun += 1;
    tally.expectedToJoin += this.#expected;
    return true;
  }

  joins(tally: Tally): void {
    this.#slot = undefined;
    tally.joined += 1;
  }
}

/** How many more calls join each load than would if calls came at random: those that come together with the one that begins it. */
export function companyOf({ begun, joined, expectedToJoin }: Tally): number {
  return Math.max(0, joined - expectedToJoin) / (begun + PRIOR);
}
