import { ALL_HASHES, hashOf } from './text-hash.js';
import { zeros } from './zeros.js';

/** The bounds that are tried, as shares of the present one. */
const TRIED_SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** So many keys that have left are remembered, for all that have. */
const CAPACITY = 1_000;

/** At first one of so many hits is looked at; later, when enough were, one of so many. */
const HITS_FOR_ONE_AT_FIRST = 16;
const HITS_FOR_ONE = 4_096;
/** Of each rarity so many. */
const LOOKS = 256;

/** What another bound would have given, all else being as it was. */
export interface EntriesEstimate {
  readonly maxEntries: number;
  /** The hits that there would have been, in proportion to those that there were. */
  readonly hits: number;
}

/**
 * How many hits there would be with another bound on entries of which the least recently used gives way. A hit is one with each bound that
 * is larger than the number of entries used since its last use (R. Mattson and others, "Evaluation techniques for storage
 * hierarchies", 1970). Of hits a sample is told; of keys that have given way a sample is remembered, by their hashes (C. Waldspurger
 * and others, "Efficient MRC Construction with SHARDS", FAST 2015).
 */
export class ReuseRecord {
  readonly #bounds: readonly number[];
  /** Of the hits that were looked at, those that each bound has and the one before has not. */
  readonly #hits = zeros(TRIED_SHARES.length);
  /** The same of hits that there would have been, all of them. */
  readonly #missed = zeros(TRIED_SHARES.length);
  /** Keys that gave way, by their hashes, the first first; until when each could have been used. */
  readonly #gone = new Map<number, number>();
  /** Keys that came back: a larger bound would have kept their entries from before, which end at these instants. */
  readonly #back = new Map<number, number>();
  #threshold = ALL_HASHES;
  #hitsForOne = HITS_FOR_ONE_AT_FIRST;
  #looks = 0;

  constructor(maxEntries: number) {
    this.#bounds = TRIED_SHARES.map((share) => Math.max(1, Math.round(share * maxEntries)));
  }

  /** After so many uses the next hit is to be looked at: at random, for of a loop it must not be the same one always. */
  get nextAfter(): number {
    return Math.ceil(Math.random() * (2 * this.#hitsForOne - 1));
  }

  /** One of the hits that are looked at, on an entry since whose last use so many others were used. */
  hit(othersUsed: number): void {
    this.#count(this.#hits, othersUsed, this.#hitsForOne);
    this.#looks += 1;
    if (this.#looks % LOOKS === 0) this.#hitsForOne = Math.min(HITS_FOR_ONE, 2 * this.#hitsForOne);
  }

  /** The least recently used entry gave way at the instant `at`; it could have been used up to `until`. */
  evicted(key: string, at: number, until: number): void {
    const hash = hashOf(key);
    if (hash >= this.#threshold) return;
    const former = this.#back.get(hash);
    this.#back.delete(hash);
    this.#gone.delete(hash);
    this.#gone.set(hash, former !== undefined && at < former ? former : until);
    if (this.#gone.size > CAPACITY) this.#makeRoom();
  }

  /** Nothing is known of this key any more: its value is another one. */
  forget(key: string): void {
    if (this.#gone.size + this.#back.size === 0) return;
    const hash = hashOf(key);
    this.#gone.delete(hash);
    this.#back.delete(hash);
  }

  clear(): void {
    this.#gone.clear();
    this.#back.clear();
  }

  /** A key is stored that was not there, at the instant `at`, beside so many others. */
  added(key: string, at: number, entries: number): void {
    if (this.#gone.size === 0) return;
    const hash = hashOf(key);
    const until = this.#gone.get(hash);
    if (until === undefined) return;
    const weight = ALL_HASHES / this.#threshold;
    if (at < until) {
      this.#count(this.#missed, entries + this.#goneAfter(hash) * weight, weight);
      this.#back.set(hash, until);
    }
    this.#gone.delete(hash);
  }

  /** `hits`: how many there were, whether or not they were looked at. `undefined` where none was. */
  curve(hits: number): readonly EntriesEstimate[] | undefined {
    const seen = sum(this.#hits);
    if (seen === 0) return undefined;
    return this.#bounds.map((maxEntries, index) => {
      const had = sum(this.#hits.slice(0, index + 1)) / seen;
      const missed = sum(this.#missed.slice(0, index + 1)) / Math.max(1, hits);
      return { maxEntries, hits: had + missed };
    });
  }

  #count(list: number[], othersUsed: number, weight: number): void {
    const bucket = this.#bounds.findIndex((bound) => othersUsed < bound);
    if (bucket >= 0) list[bucket] = (list[bucket] ?? 0) + weight;
  }

  /** Whoever leaves later was used later. */
  #goneAfter(hash: number): number {
    let after = 0;
    let isAfter = false;
    for (const other of this.#gone.keys()) {
      if (isAfter) after += 1;
      isAfter ||= other === hash;
    }
    return after;
  }

  /** Those first that would not be kept by any bound. */
  #makeRoom(): void {
    const [first = 0] = this.#gone.keys();
    const weight = ALL_HASHES / this.#threshold;
    if (this.#gone.size * weight > (this.#bounds.at(-1) ?? 0)) {
      this.#gone.delete(first);
      return;
    }
    this.#threshold /= 2;
    for (const known of [this.#gone, this.#back]) {
      for (const hash of known.keys()) if (hash >= this.#threshold) known.delete(hash);
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
