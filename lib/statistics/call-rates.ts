/**
 * How often the keys in some slots are called, though not all of their calls are told: where calls come at random, the time to the next
 * one is as long on average from whichever instant it is measured.
 */
export class CallRates {
  /** Calls before this instant are counted elsewhere. */
  readonly #countedFrom: Float64Array;
  /** The first call of all, where it is not counted elsewhere. */
  readonly #first: Uint8Array;
  readonly #lastAt: Float64Array;
  /** From when on the next call was to be told, whatever came before. */
  readonly #toldFrom: Float64Array;
  readonly #waited: Float64Array;
  readonly #calls: Uint32Array;

  constructor(capacity: number) {
    this.#countedFrom = new Float64Array(capacity);
    this.#first = new Uint8Array(capacity);
    this.#lastAt = new Float64Array(capacity);
    this.#toldFrom = new Float64Array(capacity);
    this.#waited = new Float64Array(capacity);
    this.#calls = new Uint32Array(capacity);
  }

  /** Another key has come into the slot. */
  forget(slot: number): void {
    for (const list of [this.#waited, this.#calls, this.#toldFrom]) list[slot] = 0;
    this.#lastAt[slot] = NaN;
  }

  /**
   * A call at the instant `at`; all that come after `toldFrom` will be told. One that was told before its time is not counted: of others like
   * it nobody was told.
   */
  add(slot: number, at: number, toldFrom: number): void {
    const since = Math.max(this.#lastAt[slot] ?? NaN, this.#toldFrom[slot] ?? 0);
    if (at < since) return;
    if (!Number.isNaN(since)) {
      this.#waited[slot] = (this.#waited[slot] ?? 0) + (at - since);
      this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    } else {
      this.#countedFrom[slot] = at;
      this.#first[slot] = 1;
    }
    this.#lastAt[slot] = at;
    this.#toldFrom[slot] = toldFrom;
  }

  /** What was to come untold will be told, from the instant `at` on. */
  toldFrom(slot: number, at: number): void {
    if (at < (this.#toldFrom[slot] ?? 0)) this.#toldFrom[slot] = at;
  }

  /** How many calls there were up to the instant `at`, told or not, since {@link settle}. */
  countUpTo(slot: number, at: number): number {
    return (this.#first[slot] ?? 0) + this.upTo(slot, at) * (at - (this.#countedFrom[slot] ?? at));
  }

  /** {@link countUpTo}, which begins anew. */
  settle(slot: number, at: number): number {
    const count = this.countUpTo(slot, at);
    this.#countedFrom[slot] = at;
    this.#first[slot] = 0;
    return count;
  }

  /** Calls in a millisecond, up to the instant `at`: the time since which there was none counts as well. */
  upTo(slot: number, at: number): number {
    const calls = this.#calls[slot] ?? 0;
    if (calls === 0) return 0;
    const since = Math.max(this.#lastAt[slot] ?? NaN, this.#toldFrom[slot] ?? 0);
    const waited = (this.#waited[slot] ?? 0) + Math.max(0, at - since);
    return calls / Math.max(1, waited);
  }
}
