import { CallRates } from './call-rates.js';
import { EntryFates, type KeptFor } from './entry-fates.js';
import { fingerprintOf } from './fingerprint.js';
import { companyOf, Joining } from './joining.js';
import { KeySample, weightOf } from './key-sample.js';
import { KnownValues } from './known-values.js';
import type { LifeRecord, Lives } from './life-record.js';
import { SharedValues } from './shared-values.js';
import type { Tally } from './tally.js';
import { hashOf } from './text-hash.js';
import { TtlTrial } from './ttl-trial.js';

export interface SampledKeysOptions {
  /** The most keys in the sample. */
  readonly capacity: number;
  /** May other processes fill, and invalidate, without a word to this one? */
  readonly othersFill: boolean;
  /** Has an entry ended that gives way to others in the memory of this process? Not where that is a copy of one elsewhere. */
  readonly evictionEnds: boolean;
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

/** What a call finds of its entry. */
export type Found = 'fresh' | 'stale' | 'none';

/** A load that has ended. */
export interface LoadOf {
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly took: number;
  /** `false` where its value may be from before an invalidation, or was asked for because of a change. */
  readonly isCurrent: boolean;
}

/** The part of a ttl by which a load may begin after its end, where others may have loaded in between. */
const LATE = 0.1;
/** The part of a ttl for which nobody need have found the entry before its end. */
const UNSEEN = 0.1;
/** A fill takes some time to be applied, and the entry is fresh for so much longer; in milliseconds. */
const APPLIED_WITHIN = 100;

/**
 * What is known of some keys, chosen by their hashes: which ttl would have missed how often, whether a load found another value than
 * the one before, and whether what was filled was read at all. Keys are the texts of cache keys; instants are milliseconds.
 */
export class SampledKeys {
  /** Values that are kept under keys of two patterns. */
  readonly sharedValues: SharedValues;
  readonly #options: SampledKeysOptions;
  readonly #sample: KeySample<Tally>;
  readonly #trial: TtlTrial;
  readonly #calls: CallRates;
  readonly #entries: EntryFates;
  readonly #values: KnownValues;
  readonly #joining: Joining;
  #lastKey = '';
  #lastHash = hashOf('');
  /** When the last call came. */
  #now = -Infinity;
  /** When all keys, and all whose entries have tags, were invalidated last. */
  #clearedAt = -Infinity;
  #tagsInvalidatedAt = -Infinity;

  constructor(options: SampledKeysOptions) {
    const { capacity } = options;
    this.#options = options;
    this.#sample = new KeySample(capacity, (slot, tally) => {
      tally.sampledCalls += weightOf(tally) * this.#calls.settle(slot, this.#now);
    });
    this.#trial = new TtlTrial(capacity);
    this.#calls = new CallRates(capacity);
    this.#entries = new EntryFates(capacity);
    this.#values = new KnownValues(capacity);
    this.#joining = new Joining(capacity);
    this.sharedValues = new SharedValues(capacity);
  }

  get size(): number {
    return this.#sample.size;
  }

  /**
   * A call of `key` has found an entry that is fresh or stale, or none that is usable. Returns the instant from which on a call tells
   * something new; `undefined` where the key is not in the sample, and no call of it need ever be told, but to count it among the different
   * ones.
   */
  called(key: string, tally: Tally, at: number, found: Found): number | undefined {
    this.#now = at;
    const hash = this.#hashOf(key);
    tally.keys.add(hash);
    const slot = this.#slotFor(hash, tally);
    if (slot === undefined) return undefined;
    if (found !== 'none') this.#entries.found(slot, at);
    // Told before its time, as each is that goes the long way: it changes nothing, and of others like it nobody is told.
    if (found === 'fresh' && at < this.#calls.untoldUntil(slot)) return this.#calls.untoldUntil(slot);
    if (found === 'fresh' && this.#isOfAnother(slot, at)) this.#values.doubt(slot);
    if (found !== 'none') return this.#seen(slot, tally, at);
    // An entry that is gone before its time, and has not given way to others, was invalidated by somebody.
    if (this.#entries.isToBeFound(slot, at)) this.#invalidate(slot, tally, at);
    const load = tally.loads.mean;
    this.#joining.foundNothing(slot, tally, at + load, load * this.#calls.upTo(slot, at));
    const lookAgainAt = this.#trial.call(slot, at, tally.triedMisses, weightOf(tally), load);
    this.#calls.add(slot, at, at);
    return lookAgainAt;
  }

  /** A call of `key` that has found nothing waits for a load that another one has begun. */
  joins(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot === undefined) return;
    const tally = this.#tallyOf(slot);
    this.#trial.joined(slot, tally.triedMisses, weightOf(tally), this.#joining.joins(slot, tally));
    this.waits(key, at);
  }

  /** {@link called}, for a key in the sample whose entry was found; `undefined` where it is in the sample no more. */
  seen(key: string, at: number): number | undefined {
    this.#now = at;
    const slot = this.#slotOf(key);
    if (slot === undefined) return undefined;
    this.#entries.found(slot, at);
    return this.#seen(slot, this.#tallyOf(slot), at);
  }

  /** Somebody has read the entry of `key` otherwise than by a call. */
  read(key: string): void {
    const slot = this.#slotOf(key);
    if (slot !== undefined) this.#entries.read(slot);
  }

  /** A call of `key` waits for a load. */
  waits(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot === undefined || !this.#entries.hasRunOut(slot, at)) return;
    const tally = this.#tallyOf(slot);
    tally.waitedAtExpiry += weightOf(tally);
  }

  /** A load of `key` has ended. */
  loaded(key: string, value: unknown, { at, took, isCurrent }: LoadOf): void {
    const slot = this.#slotOf(key);
    if (slot === undefined) return;
    const fingerprint = isCurrent ? fingerprintOf(value) : undefined;
    if (fingerprint === undefined) {
      this.#values.doubt(slot);
      return;
    }
    const tally = this.#tallyOf(slot);
    this.sharedValues.add(fingerprint, tally.pattern);
    if (this.#mayHaveChangedUnheard(slot, tally, at - took)) this.#values.doubt(slot);
    const reload = this.#values.loaded(slot, at, fingerprint.hash);
    if (reload !== undefined) tally.changes.add(reload.age, reload.hasChanged);
  }

  /** A load of `key` has left no entry: it failed, or its value was not to be stored. */
  unfilled(key: string): void {
    const slot = this.#slotOf(key);
    if (slot !== undefined) this.#trial.unfilled(slot, this.#joining.loadsUntil(slot));
  }

  /** An entry of `key` was stored. Says whether the key is in the sample. */
  filled(key: string, at: number, keptFor: KeptFor): boolean {
    const slot = this.#slotOf(key);
    if (slot === undefined) return false;
    this.#entries.filled(slot, this.#tallyOf(slot), at, keptFor);
    this.#joining.forget(slot);
    this.#calls.toldFrom(slot, at);
    return true;
  }

  /** What is known of the values of these tells nothing about the next ones. */
  doubted(keys: readonly string[]): void {
    for (const key of keys) {
      const slot = this.#slotOf(key);
      if (slot !== undefined) this.#values.doubt(slot);
    }
  }

  invalidated(keys: readonly string[], at: number): void {
    for (const key of keys) {
      const slot = this.#slotOf(key);
      if (slot !== undefined) this.#invalidate(slot, this.#tallyOf(slot), at);
    }
  }

  /** Nobody knows which of those with tags. */
  tagsInvalidated(at: number): void {
    this.#tagsInvalidatedAt = at;
  }

  cleared(at: number): void {
    this.#clearedAt = at;
  }

  /** It gave way to others in the memory of this process: its value is as good as it was. */
  evicted(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot === undefined) return;
    const tally = this.#tallyOf(slot);
    tally.evictions += weightOf(tally);
    if (this.#options.evictionEnds) this.#entries.end(slot, tally);
    this.#calls.toldFrom(slot, at);
  }

  /** Entries whose time is over have ended, whether or not anybody has asked for them since. */
  endExpired(at: number): void {
    for (const slot of this.#sample.slots()) {
      const tally = this.#sample.populationOf(slot);
      if (tally !== undefined) this.#entries.endExpired(slot, tally, at);
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

  /** `undefined` where the key is not in the sample, as most are not. */
  #slotOf(key: string): number | undefined {
    return this.#sample.slotOf(this.#hashOf(key));
  }

  #tallyOf(slot: number): Tally {
    const tally = this.#sample.populationOf(slot);
    if (tally === undefined) throw new Error(`Expected a key in slot ${slot} of the sample`);
    return tally;
  }

  #seen(slot: number, tally: Tally, at: number): number {
    this.#entries.read(slot);
    const lookAgainAt = this.#try(slot, tally, at);
    this.#calls.add(slot, at, Math.min(lookAgainAt, this.#entries.freshUntil(slot)));
    return lookAgainAt;
  }

  /**
   * The entry is there, but would be loaded with another ttl, and who calls meanwhile would wait as well: so many on average.
   * (The rate before a call, times the time that includes the wait for it, is right on average, however few calls there were.)
   */
  #try(slot: number, tally: Tally, at: number): number {
    const load = tally.loads.mean;
    const calls = 1 + companyOf(tally) + load * this.#calls.upTo(slot, at);
    return this.#trial.call(slot, at, tally.triedMisses, weightOf(tally) * calls, load);
  }

  #invalidate(slot: number, tally: Tally, at: number): void {
    this.#entries.invalidated(slot, tally);
    this.#addLife(slot, at, tally.lives);
    this.#values.forget(slot);
    this.#calls.toldFrom(slot, at);
    this.#trial.forget(slot);
  }

  /** For how long the value of a key has been right, up to the instant `at`, and how often it was called meanwhile. */
  #addLife(slot: number, at: number, record: LifeRecord): void {
    const length = at - this.#values.rightSince(slot);
    if (length > 0) record.add(length, this.#calls.upTo(slot, at));
  }

  /**
   * Has somebody said since the last load, of this key among others, that values have changed, or may another process have, unheard, before
   * the load at the instant `at`?
   */
  #mayHaveChangedUnheard(slot: number, tally: Tally, at: number): boolean {
    const loadedAt = this.#values.loadedAt(slot);
    if (loadedAt <= this.#clearedAt || (tally.isTagged && loadedAt <= this.#tagsInvalidatedAt)) return true;
    if (!this.#options.othersFill) return false;
    const freshUntil = this.#entries.freshUntil(slot);
    const ttl = freshUntil - loadedAt;
    // Later than that it may be what another process has filled since that has come to the end of its ttl.
    if (at - loadedAt > ttl * (1 + LATE) + APPLIED_WITHIN) return true;
    // It may have been invalidated since it was found last: where that was long before its end, nobody knows.
    return this.#entries.foundAt(slot) < freshUntil - ttl * UNSEEN;
  }

  /** Has another process filled, unheard, the entry that is fresh at the instant `at`? That of this one would not be. */
  #isOfAnother(slot: number, at: number): boolean {
    return this.#options.othersFill && at > this.#entries.freshUntil(slot) + APPLIED_WITHIN;
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
    if (Number.isNaN(tally.sampledSince)) tally.sampledSince = this.#now;
    for (const each of [this.#trial, this.#calls, this.#entries, this.#values, this.#joining]) each.forget(slot);
    return slot;
  }
}
