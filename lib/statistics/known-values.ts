/** A value was loaded again. */
export interface Reload {
  /** How old the value from before was, in milliseconds. */
  readonly age: number;
  readonly hasChanged: boolean;
}

/** What is known of the values of the keys in some slots: when each was loaded, and its fingerprint. */
export class KnownValues {
  readonly #fingerprints: Uint32Array;
  /** `NaN`: nothing is known of the value. */
  readonly #loadedAt: Float64Array;
  /** When the key was loaded first since it was invalidated; `NaN`: it was not. */
  readonly #rightSince: Float64Array;

  constructor(capacity: number) {
    this.#fingerprints = new Uint32Array(capacity);
    this.#loadedAt = new Float64Array(capacity);
    this.#rightSince = new Float64Array(capacity);
  }

  /** Another key has come into the slot, or somebody has said that its value is another one now. */
  forget(slot: number): void {
    this.doubt(slot);
    this.#rightSince[slot] = NaN;
  }

  /** What is known of its value tells nothing about the next one. */
  doubt(slot: number): void {
    this.#loadedAt[slot] = NaN;
  }

  loadedAt(slot: number): number {
    return this.#loadedAt[slot] ?? NaN;
  }

  /** Since when has nobody said that the value is another one? `NaN`: it is not known. */
  rightSince(slot: number): number {
    return this.#rightSince[slot] ?? NaN;
  }

  /** What the load tells, if anything is known from before. */
  loaded(slot: number, at: number, fingerprint: number): Reload | undefined {
    const before = this.loadedAt(slot);
    const hasChanged = fingerprint !== this.#fingerprints[slot];
    this.#fingerprints[slot] = fingerprint;
    this.#loadedAt[slot] = at;
    if (Number.isNaN(this.rightSince(slot))) this.#rightSince[slot] = at;
    return Number.isNaN(before) ? undefined : { age: at - before, hasChanged };
  }
}
