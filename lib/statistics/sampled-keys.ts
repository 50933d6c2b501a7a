import { CallRates } from './call-rates.js';
import { fingerprintOf } from './fingerprint.js';
import { KeySample, weightOf } from './key-sample.js';
import type { LifeRecord, Lives } from './life-record.js';
import { SharedValues } from './shared-values.js';
import type { Tally } from './tally.js';
import { hashOf } from './text-hash.js';
import { TtlTrial } from './ttl-trial.js';

/** What is known of a key in the sample, as bits. */
const LOADED = 1;
/** Its entry has not ended yet, as far as anybody knows. */
const FILLED = 2;
/** Somebody has read its entry. */
const READ = 4;
/** Since it was loaded, its value may have changed, and somebody has said so. */
const INVALIDATED = 8;
/** Its entry has given way to others. */
const EVICTED = 16;

/** How an entry is kept: two instants of the clock of this process. */
export interface KeptFor {
  readonly freshUntil: number;
  readonly usableUntil: number;
}

export interface SampledKeysOptions {
  /** The most keys in the sample. */
  readonly capacity: number;
  /** May other processes fill, and invalidate, without a word to this one? */
  readonly othersFill: boolean;
}

/** What the sampled keys of a pattern tell of its calls. */
export interface SampleOfCalls {
  /** For how long keys were called without an invalidation in between, those for which that goes on included. */
  readonly lives: readonly Lives[];
  /** How many calls there would have been, if all keys were called as often as these. */
  readonly calls: number;
  /** For how long these have been called, in milliseconds. */
  readonly lasting: number;
}

/** The part of a lifetime by which a load may be late, where others may have loaded in between. */
const LATE = 0.1;
const LATE_MILLISECONDS = 1_000;

/**
 * What is known of some keys, chosen by their hashes: which ttl would have missed how often, whether a load found another value than
 * the one before, and whether what was filled was read at all. Keys are the texts of cache keys; instants are milliseconds.
 */
export class SampledKeys {
  /** Values that are kept under keys of two patterns. */
  readonly sharedValues: SharedValues;
  readonly #sample: KeySample<Tally>;
  readonly #trial: TtlTrial;
  readonly #othersFill: boolean;
  readonly #states: Uint8Array;
  readonly #fingerprints: Uint32Array;
  readonly #loadedAt: Float64Array;
  readonly #freshUntil: Float64Array;
  readonly #usableUntil: Float64Array;
  /** When the key was loaded first since it was invalidated; `NaN`: it was not. */
  readonly #bornAt: Float64Array;
  readonly #calls: CallRates;
  #lastKey = '';
  #lastHash = hashOf('');
  /** When the last call came. */
  #now = -Infinity;
  /** When all keys, and all whose entries have tags, were invalidated last. */
  #clearedAt = -Infinity;
  #tagsInvalidatedAt = -Infinity;

  constructor({ capacity, othersFill }: SampledKeysOptions) {
    this.#sample = new KeySample(capacity, (slot, tally) => {
      tally.sampledCalls += weightOf(tally) * this.#calls.settle(slot, this.#now);
    });
    this.#trial = new TtlTrial(capacity);
    this.#othersFill = othersFill;
    this.sharedValues = new SharedValues(capacity);
    this.#states = new Uint8Array(capacity);
    this.#fingerprints = new Uint32Array(capacity);
    this.#loadedAt = new Float64Array(capacity);
    this.#freshUntil = new Float64Array(capacity);
    this.#usableUntil = new Float64Array(capacity);
    this.#bornAt = new Float64Array(capacity);
    this.#calls = new CallRates(capacity);
  }

  get size(): number {
    return this.#sample.size;
  }

  /**
   * A call of `key` has found an entry, or none. Returns the instant from which on a call tells something new; `undefined` where the
   * key is not in the sample, and no call of it need ever be told, but to count it among the different ones.
   */
  called(key: string, tally: Tally, at: number, found: 'an entry' | 'none'): number | undefined {
    this.#now = at;
    const hash = this.#hashOf(key);
    tally.keys.add(hash);
    const slot = this.#slotFor(hash, tally);
    if (slot === undefined) return undefined;
    if (found === 'an entry') return this.#seen(slot, tally, at);
    this.#missed(slot, at);
    const lookAgainAt = this.#trial.call(slot, at, tally.triedMisses, weightOf(tally));
    this.#calls.add(slot, at, at);
    return lookAgainAt;
  }

  /** {@link called}, for a key in the sample whose entry was found; `undefined` where it is in the sample no more. */
  seen(key: string, at: number): number | undefined {
    const slot = this.#sample.slotOf(this.#hashOf(key));
    const tally = slot === undefined ? undefined : this.#sample.populationOf(slot);
    if (slot === undefined || tally === undefined) return undefined;
    this.#now = at;
    return this.#seen(slot, tally, at);
  }

  #seen(slot: number, tally: Tally, at: number): number {
    this.#mark(slot, READ);
    const lookAgainAt = this.#trial.call(slot, at, tally.triedMisses, weightOf(tally));
    this.#calls.add(slot, at, Math.min(lookAgainAt, this.#freshUntil[slot] ?? 0));
    return lookAgainAt;
  }

  /** A load of `key` has ended. `trusted` is `false` where its value may be from before an invalidation. */
  loaded(key: string, tally: Tally, at: number, value: unknown, trusted: boolean): void {
    const slot = this.#sample.slotOf(this.#hashOf(key));
    if (slot === undefined) return;
    const fingerprint = fingerprintOf(value);
    if (fingerprint === undefined || !trusted) {
      this.#mark(slot, INVALIDATED);
      return;
    }
    this.sharedValues.add(fingerprint, tally.pattern);
    if (this.#isObservation(slot, at, tally)) {
      tally.changes.add(at - (this.#loadedAt[slot] ?? at), fingerprint.hash !== this.#fingerprints[slot]);
    }
    if (Number.isNaN(this.#bornAt[slot])) this.#bornAt[slot] = at;
    this.#fingerprints[slot] = fingerprint.hash;
    this.#loadedAt[slot] = at;
    this.#states[slot] = (this.#stateOf(slot) | LOADED) & ~INVALIDATED;
  }

  /** An entry of `key` was stored. Says whether the key is in the sample. */
  filled(key: string, tally: Tally, at: number, { freshUntil, usableUntil }: KeptFor): boolean {
    const slot = this.#sample.slotOf(this.#hashOf(key));
    if (slot === undefined) return false;
    this.#end(slot, tally);
    this.#states[slot] = (this.#stateOf(slot) | FILLED) & ~(READ | EVICTED);
    this.#freshUntil[slot] = freshUntil;
    this.#usableUntil[slot] = usableUntil;
    this.#calls.toldFrom(slot, at);
    return true;
  }

  invalidated(keys: readonly string[], at: number): void {
    for (const key of keys) {
      const slot = this.#sample.slotOf(this.#hashOf(key));
      if (slot !== undefined) this.#invalidate(slot, at);
    }
  }

  /** Nobody knows which of those with tags. */
  tagsInvalidated(at: number): void {
    this.#tagsInvalidatedAt = at;
  }

  cleared(at: number): void {
    this.#clearedAt = at;
  }

  /** It gave way to others: its value is as good as it was. */
  evicted(key: string, at: number): void {
    const slot = this.#sample.slotOf(this.#hashOf(key));
    const tally = slot === undefined ? undefined : this.#sample.populationOf(slot);
    if (slot === undefined || tally === undefined) return;
    tally.evictions += weightOf(tally);
    this.#end(slot, tally);
    this.#mark(slot, EVICTED);
    this.#calls.toldFrom(slot, at);
  }

  /** Has the last entry of `key` come to the end of its ttl, without anybody having said that its value has changed? */
  hasRunOut(key: string, at: number): boolean {
    const slot = this.#sample.slotOf(this.#hashOf(key));
    if (slot === undefined) return false;
    const freshUntil = this.#freshUntil[slot] ?? Infinity;
    return freshUntil > 0 && at >= freshUntil && (this.#stateOf(slot) & INVALIDATED) === 0;
  }

  /** Entries whose time is over have ended, whether or not anybody has asked for them since. */
  endExpired(at: number): void {
    for (const slot of this.#sample.slots()) {
      const tally = this.#sample.populationOf(slot);
      if (tally !== undefined && at >= (this.#usableUntil[slot] ?? Infinity)) this.#end(slot, tally);
    }
  }

  /** What the keys of each pattern tell of its calls. */
  sampleUpTo(at: number): (tally: Tally) => SampleOfCalls {
    const samples = new Map<Tally, { lives: LifeRecord; calls: number }>();
    for (const slot of this.#sample.slots()) {
      const tally = this.#sample.populationOf(slot);
      if (tally === undefined) continue;
      const sample = samples.get(tally) ?? { lives: tally.lives.copy(), calls: 0 };
      samples.set(tally, sample);
      this.#addLife(slot, at, sample.lives);
      sample.calls += weightOf(tally) * this.#calls.countUpTo(slot, at);
    }
    return (tally) => {
      const { lives, calls } = samples.get(tally) ?? { lives: tally.lives, calls: 0 };
      return { lives: lives.lives, calls: tally.sampledCalls + calls, lasting: at - tally.sampledSince };
    };
  }

  #addLife(slot: number, at: number, record: LifeRecord): void {
    const bornAt = this.#bornAt[slot] ?? NaN;
    if (at > bornAt) record.add(at - bornAt, this.#calls.upTo(slot, at));
  }

  /** What happens to a key is mostly told several times in a row. */
  #hashOf(key: string): number {
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#lastHash = hashOf(key);
    }
    return this.#lastHash;
  }

  #slotFor(hash: number, tally: Tally): number | undefined {
    const known = this.#sample.slotOf(hash);
    if (known !== undefined || hash >= tally.threshold) return known;
    const slot = this.#sample.add(hash, tally);
    if (slot === undefined) return undefined;
    this.#states[slot] = 0;
    if (Number.isNaN(tally.sampledSince)) tally.sampledSince = this.#now;
    this.#freshUntil[slot] = 0;
    this.#bornAt[slot] = NaN;
    this.#calls.forget(slot);
    this.#trial.forget(slot);
    return slot;
  }

  #stateOf(slot: number): number {
    return this.#states[slot] ?? 0;
  }

  #mark(slot: number, bit: number): void {
    this.#states[slot] = this.#stateOf(slot) | bit;
  }

  /** An entry that is gone before its time, and has not given way to others, was invalidated by somebody. */
  #missed(slot: number, at: number): void {
    const state = this.#stateOf(slot);
    if ((state & FILLED) === 0 || at >= (this.#freshUntil[slot] ?? 0)) return;
    this.#invalidate(slot, at);
  }

  #invalidate(slot: number, at: number): void {
    const tally = this.#sample.populationOf(slot);
    if (tally !== undefined) {
      this.#end(slot, tally);
      this.#addLife(slot, at, tally.lives);
    }
    this.#bornAt[slot] = NaN;
    this.#calls.toldFrom(slot, at);
    this.#mark(slot, INVALIDATED);
    this.#trial.forget(slot);
  }

  /** Its entry is no more. */
  #end(slot: number, tally: Tally): void {
    const state = this.#stateOf(slot);
    if ((state & FILLED) === 0) return;
    const weight = weightOf(tally);
    tally.ended += weight;
    if ((state & READ) === 0) tally.unread += weight;
    this.#states[slot] = state & ~FILLED;
  }

  /** Does a load tell whether the value had changed by itself? Not where somebody has said so, or may have unheard. */
  #isObservation(slot: number, at: number, tally: Tally): boolean {
    if ((this.#stateOf(slot) & (LOADED | INVALIDATED)) !== LOADED) return false;
    const loadedAt = this.#loadedAt[slot] ?? 0;
    if (loadedAt <= this.#clearedAt || (tally.isTagged && loadedAt <= this.#tagsInvalidatedAt)) return false;
    if (!this.#othersFill) return true;
    const life = (this.#usableUntil[slot] ?? 0) - loadedAt;
    return at - loadedAt <= life * (1 + LATE) + LATE_MILLISECONDS;
  }
}
