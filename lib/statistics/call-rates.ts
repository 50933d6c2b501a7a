/**
 * How often the keys in some slots are called, though not all of their calls are told: where calls come at random, the time to the next
 * one is as long on average from whichever instant it is measured.
 */
export class CallRates {
  readonly #lastAt: Float64Array;
  /** From when on the next call was to be told, whatever came before. */
  readonly #toldFrom: Float64Array;
  /** For how long calls were waited for that were to be told, and how many came. */
  readonly #waited: Float64Array;
  readonly #calls: Uint32Array;
  /** What was before this instant is counted elsewhere. */
  readonly #settledAt: Float64Array;
  /** Since then: how many were told, and for how long none was to be. */
  readonly #told: Uint32Array;
  readonly #untoldTime: Float64Array;

  constructor(capacity: number) {
    this.#lastAt = new Float64Array(capacity);
    this.#toldFrom = new Float64Array(capacity);
    this.#waited = new Float64Array(capacity);
    this.#calls = new Uint32Array(capacity);
    this.#settledAt = new Float64Array(capacity);
    this.#told = new Uint32Array(capacity);
    this.#untoldTime = new Float64Array(capacity);
  }

  /** Another key has come into the slot. */
  forget(slot: number): void {
    for (const list of [this.#waited, this.#calls, this.#toldFrom, this.#told, this.#untoldTime]) list[slot] = 0;
    this.#settledAt[slot] = -Infinity;
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
      this.#untoldTime[slot] = this.#untoldUpTo(slot, since);
    }
    this.#told[slot] = (this.#told[slot] ?? 0) + 1;
    this.#lastAt[slot] = at;
    this.#toldFrom[slot] = toldFrom;
  }

  /** No call that comes before this instant need be told. */
  untoldUntil(slot: number): number {
    return this.#toldFrom[slot] ?? 0;
  }

  /** What was to come untold will be told, from the instant `at` on. */
  toldFrom(slot: number, at: number): void {
    if (at < (this.#toldFrom[slot] ?? 0)) this.#toldFrom[slot] = at;
  }

  /**
   * How many calls there were up to the instant `at`, since {@link settle}: those that were told, and as many others as come at their rate in
   * the times in which none was to be.
   */
  countUpTo(slot: number, at: number): number {
    if (Number.isNaN(this.#lastAt[slot] ?? NaN)) return 0;
    const untold = this.#untoldUpTo(slot, Math.min(at, this.#toldFrom[slot] ?? 0));
    return (this.#told[slot] ?? 0) + this.upTo(slot, at) * untold;
  }

  /** {@link countUpTo}, which begins anew. */
  settle(slot: number, at: number): number {
    const count = this.countUpTo(slot, at);
    this.#settledAt[slot] = at;
    this.#told[slot] = 0;
    this.#untoldTime[slot] = 0;
    return count;
  }

  #untoldUpTo(slot: number, at: number): number {
    const from = Math.max(this.#lastAt[slot] ?? NaN, this.#settledAt[slot] ?? -Infinity);
    return (this.#untoldTime[slot] ?? 0) + Math.max(0, at - from);
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
