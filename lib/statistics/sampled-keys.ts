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
import { UnheardChanges } from './unheard-changes.js';

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

/**
 * What is known of some keys, chosen by their hashes: which ttl would have missed how often, whether a load found another value than
 * the one before, and whether what was filled was read at all. Keys are the texts of cache keys; instants are milliseconds.
 */
export class SampledKeys {
  /** Values that are kept under keys of two patterns. */
  readonly sharedValues: SharedValues;
  readonly #evictionEnds: boolean;
  readonly #sample: KeySample<Tally>;
  readonly #trial: TtlTrial;
  readonly #calls: CallRates;
  readonly #entries: EntryFates;
  readonly #values: KnownValues;
  readonly #joining = new Joining();
  /** Where others may fill, and invalidate, without a word. */
  readonly #others: UnheardChanges | undefined;
  #lastKey = '';
  #lastHash = hashOf('');
  /** When the last call came. */
  #now = -Infinity;
  /** When all keys, and all whose entries have tags, were invalidated last. */
  #clearedAt = -Infinity;
  #tagsInvalidatedAt = -Infinity;

  constructor(options: SampledKeysOptions) {
    const { capacity, othersFill, evictionEnds } = options;
    this.#evictionEnds = evictionEnds;
    this.#sample = new KeySample(capacity, (slot, tally) => {
      tally.sampledCalls += weightOf(tally) * this.#calls.settle(slot, this.#now);
    });
    this.#trial = new TtlTrial(capacity);
    this.#calls = new CallRates(capacity);
    this.#entries = new EntryFates(capacity);
    this.#values = new KnownValues(capacity);
    this.#others = othersFill ? new UnheardChanges(this.#entries, this.#values) : undefined;
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
    const slot = this.#slotOfCall(key, tally, at);
    if (slot === undefined) return undefined;
    if (found === 'none') return this.#missed(slot, tally, at);
    this.#entries.found(slot, at);
    return found === 'fresh' ? this.#foundFresh(slot, tally, at) : this.#seen(slot, tally, at);
  }

  /** A call of `key` wants its value anew, whatever there is: with any ttl it would load. */
  calledAnew(key: string, tally: Tally, at: number): void {
    const slot = this.#slotOfCall(key, tally, at);
    if (slot === undefined) return;
    this.#trial.forget(slot);
    this.#loads(slot, tally, at);
  }

  /** A call of `key` has found the store away: with any ttl it would load, and leave what is stored as it is. */
  unanswered(key: string, tally: Tally, at: number): void {
    const slot = this.#slotOfCall(key, tally, at);
    if (slot === undefined) return;
    this.#trial.unanswered(tally.triedMisses, weightOf(tally));
    this.#calls.add(slot, at, at);
  }

  /** The call of `key` that has just found nothing begins a load. */
  begins(key: string): void {
    const slot = this.#slotOf(key);
    if (slot === undefined) return;
    const tally = this.#tallyOf(slot);
    if (this.#joining.begins(slot, tally)) this.#trial.begins(slot, tally.triedMisses, weightOf(tally));
  }

  /** A call of `key` that has found nothing waits for a load that another one has begun. */
  joins(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot === undefined) return;
    const tally = this.#tallyOf(slot);
    this.#joining.joins(tally);
    this.#trial.joined(slot, tally.triedMisses, weightOf(tally));
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
    const mayBeAnother = this.#wasNamedWithOthers(slot, tally) || this.#others?.mayHaveChanged(slot, tally, at - took);
    if (mayBeAnother === true) this.#values.doubt(slot);
    const reload = this.#values.loaded(slot, at, fingerprint.hash);
    if (reload !== undefined) tally.changes.add(reload.age, reload.hasChanged);
  }

  /** Another process has filled the entry of `key` for which calls have waited. */
  filledElsewhere(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot !== undefined) this.#trial.filled(slot, at);
  }

  /** An entry of `key` was stored. Says whether the key is in the sample. */
  filled(key: string, at: number, keptFor: KeptFor): boolean {
    const slot = this.#slotOf(key);
    if (slot === undefined) return false;
    this.#entries.filled(slot, this.#tallyOf(slot), at, keptFor);
    this.#trial.filled(slot, at);
    this.#calls.toldFrom(slot, at);
    return true;
  }

  /** What was stored of `key` did not come from a load: with any ttl it would be there. */
  written(key: string, at: number): void {
    const slot = this.#slotOf(key);
    if (slot !== undefined) this.#trial.written(slot, at);
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
    if (this.#evictionEnds) this.#entries.end(slot, tally);
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
      const lasting = Number.isNaN(tally.sampledSince) ? 0 : at - tally.sampledSince;
      return { lives: lives.lives, calls: tally.sampledCalls + calls, lasting };
    };
  }

  #slotOfCall(key: string, tally: Tally, at: number): number | undefined {
    this.#now = at;
    const hash = this.#hashOf(key);
    tally.keys.add(hash);
    return this.#slotFor(hash, tally);
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

  #missed(slot: number, tally: Tally, at: number): number {
    // An entry that is gone before its time, and has not given way to others, was invalidated by somebody.
    if (this.#entries.isToBeFound(slot, at)) {
      this.#others?.vanished(slot, tally);
      this.#invalidate(slot, tally, at);
    }
    return this.#loads(slot, tally, at);
  }

  #loads(slot: number, tally: Tally, at: number): number {
    const load = tally.loads.mean;
    this.#joining.foundNothing(slot, load * this.#calls.upTo(slot, at));
    const lookAgainAt = this.#trial.call(slot, at, tally.triedMisses, weightOf(tally), load);
    this.#calls.add(slot, at, at);
    return lookAgainAt;
  }

  #foundFresh(slot: number, tally: Tally, at: number): number {
    // Told before its time, as each is that goes the long way: it changes nothing, and of others like it nobody is told.
    const untoldUntil = this.#calls.untoldUntil(slot);
    if (at < untoldUntil) return untoldUntil;
    if (this.#others?.haveFilled(slot, at) === true) this.#values.doubt(slot);
    return this.#seen(slot, tally, at);
  }

  #seen(slot: number, tally: Tally, at: number): number {
    const lookAgainAt = this.#try(slot, tally, at);
    this.#calls.add(slot, at, Math.min(lookAgainAt, this.#entries.freshUntil(slot)));
    return lookAgainAt;
  }

  /**
   * The entry is there, but would be loaded with another ttl, and who calls meanwhile would wait as well: so many on average.
   * (The rate before a call, times the time that includes the wait for it, is right on average, however few calls there were.)
   */
  #try(slot: number, tally: Tally, at: number): number {
    this.#trial.found(slot);
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

  /** Has somebody said since its last load, of this key among others, that values have changed? */
  #wasNamedWithOthers(slot: number, { isTagged }: Tally): boolean {
    const loadedAt = this.#values.loadedAt(slot);
    return loadedAt <= this.#clearedAt || (isTagged && loadedAt <= this.#tagsInvalidatedAt);
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
    for (const each of [this.#trial, this.#calls, this.#entries, this.#values]) each.forget(slot);
    return slot;
  }
}
