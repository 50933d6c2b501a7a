import { ReuseRecord, type EntriesEstimate } from '../statistics/reuse-record.js';
import { nowInThisTurn } from '../time/clock.js';
import { SharedEntry, type KeptEntry } from './memory-entry.js';
import { UseOrder } from './use-order.js';

export interface EntryTableOptions {
  readonly maxEntries: number;
  /** The most that all entries may weigh, and what one does: a whole number of at least 1. `undefined`: no such bound. */
  readonly weights: { readonly max: number; readonly of: (entry: KeptEntry) => number } | undefined;
  /** Told of each entry that gives way to others. */
  readonly evicted: (key: string) => void;
  /** Told of a call that was watched for. */
  readonly seen: (key: string) => void;
}

const FIRST_CAPACITY = 64;

/**
 * Entries by key, bounded: the least recently used one gives way. What is kept of an entry lies in slots of parallel arrays: an object
 * for each would take some 60 bytes more, and a hit one more look into memory that is in no cache of the processor.
 */
export class EntryTable {
  readonly #maxEntries: number;
  readonly #weights: EntryTableOptions['weights'];
  readonly #evicted: EntryTableOptions['evicted'];
  readonly #seen: EntryTableOptions['seen'];
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #freeSlots: number[] = [];
  readonly #order = new UseOrder((slot) => {
    this.#noteHit(slot);
  });
  /** The value of a shared entry; any other entry as a whole. */
  readonly #values: unknown[] = [];
  /** Until when {@link EntryTable.fresh} answers without further ado: while a shared entry is fresh, and nobody watches it. `NaN`, which is later than nothing, for any other. */
  #quickUntil = new Float64Array(0);
  /** When the entries in slots become stale that are watched from an earlier instant on: few, as those who watch take samples. */
  readonly #watchedStaleAt = new Map<number, number>();
  #expiresAt = new Float64Array(0);
  #storedAt = new Float64Array(0);
  /** Empty where nothing is weighed. */
  #weight = new Float64Array(0);
  #total = 0;
  readonly #reuse: ReuseRecord;
  /** Uses that were no hits. */
  #otherUses = 0;

  constructor({ maxEntries, weights, evicted, seen }: EntryTableOptions) {
    this.#maxEntries = maxEntries;
    this.#weights = weights;
    this.#reuse = new ReuseRecord(maxEntries);
    this.#order.lookAfter(this.#reuse.nextAfter);
    this.#evicted = evicted;
    this.#seen = seen;
  }

  /** What other bounds would have given; `undefined` where nobody knows yet, or weights are bounded as well. */
  get curve(): readonly EntriesEstimate[] | undefined {
    return this.#weights === undefined ? this.#reuse.curve(this.#order.uses - this.#otherUses) : undefined;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** A promise of the value of a shared entry that is fresh at the instant `at`; `undefined`: {@link get} has to be asked. */
  fresh(key: string, at: number): Promise<unknown> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (!(at < (this.#quickUntil[slot] ?? NaN)) && !this.#isSeen(slot, at)) return undefined;
    this.#order.use(slot);
    return Promise.resolve(this.#values[slot]);
  }

  /** The first answer of {@link fresh} for this key, from the instant `at` on, is told to `seen`. */
  watch(key: string, at: number): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    const staleAt = this.#staleAtOf(slot);
    if (at < staleAt) this.#watchedStaleAt.set(slot, staleAt);
    else this.#watchedStaleAt.delete(slot);
    if (!Number.isNaN(staleAt)) this.#quickUntil[slot] = Math.min(at, staleAt);
  }

  /** The entry of a key, which may have expired, at the instant `at`. */
  get(key: string, at: number): KeptEntry | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (at < (this.#expiresAt[slot] ?? 0)) this.#order.use(slot);
    else this.#touch(slot);
    return this.#entryIn(slot);
  }

  /** {@link get}, which is no use of it. */
  peek(key: string): KeptEntry | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#entryIn(slot);
  }

  /** What alone weighs more than all may is not kept, nor is what it was to replace. */
  set(key: string, entry: KeptEntry): void {
    const weights = this.#weights;
    const weight = weights?.of(entry) ?? 0;
    if (weights !== undefined && weight > weights.max) {
      this.delete(key);
      return;
    }
    if (weights !== undefined) this.#makeRoom(key, weights.max - weight);
    const known = this.#slots.get(key);
    if (known !== undefined) this.#touch(known);
    const slot = known ?? this.#add(key);
    this.#write(slot, entry);
    if (weights !== undefined) this.#reweigh(slot, weight);
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    this.#reuse.forget(key);
    if (slot !== undefined) this.#free(slot);
  }

  clear(): void {
    this.#reuse.clear();
    this.#slots.clear();
    this.#watchedStaleAt.clear();
    for (const list of [this.#keys, this.#freeSlots, this.#values]) list.length = 0;
    this.#allocate(0);
    this.#total = 0;
  }

  #touch(slot: number): void {
    this.#order.touch(slot);
    this.#otherUses += 1;
  }

  /** Of a few hits it is noted how many others were used since the last use of their entry. */
  #noteHit(slot: number): void {
    this.#reuse.hit(this.#order.othersUsedSince(slot));
    this.#order.lookAfter(this.#reuse.nextAfter);
  }

  #entryIn(slot: number): KeptEntry {
    const value = this.#values[slot];
    const staleAt = this.#staleAtOf(slot);
    if (Number.isNaN(staleAt)) return value as KeptEntry;
    return new SharedEntry(value, this.#storedAt[slot] ?? 0, staleAt, this.#expiresAt[slot] ?? 0);
  }

  /** Is it fresh all the same, but watched? Then somebody sees it. */
  #isSeen(slot: number, at: number): boolean {
    const staleAt = this.#watchedStaleAt.get(slot);
    if (staleAt === undefined || at >= staleAt) return false;
    this.#quickUntil[slot] = staleAt;
    this.#watchedStaleAt.delete(slot);
    this.#seen(this.#keys[slot] ?? '');
    return true;
  }

  #staleAtOf(slot: number): number {
    return this.#watchedStaleAt.get(slot) ?? this.#quickUntil[slot] ?? NaN;
  }

  #write(slot: number, entry: KeptEntry): void {
    const isShared = entry instanceof SharedEntry;
    this.#values[slot] = isShared ? entry.kept : entry;
    this.#quickUntil[slot] = isShared ? entry.staleAt : NaN;
    this.#watchedStaleAt.delete(slot);
    this.#expiresAt[slot] = entry.expiresAt;
    this.#storedAt[slot] = entry.storedAt;
  }

  /** Until all others weigh no more than `left`. */
  #makeRoom(key: string, left: number): void {
    this.delete(key);
    while (this.#total > left) this.#evict();
  }

  /** A slot for a new key. */
  #add(key: string): number {
    if (this.#slots.size >= this.#maxEntries) this.#evict();
    this.#reuse.added(key, nowInThisTurn(), this.#slots.size);
    const slot = this.#freeSlots.pop() ?? this.#nextSlot();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#order.add(slot);
    this.#otherUses += 1;
    return slot;
  }

  #nextSlot(): number {
    const slot = this.#keys.length;
    if (slot === this.#quickUntil.length) {
      this.#allocate(Math.min(this.#maxEntries, Math.max(FIRST_CAPACITY, slot * 2)));
    }
    return slot;
  }

  #evict(): void {
    const slot = this.#order.leastRecent();
    const key = this.#keys[slot] ?? '';
    this.#reuse.evicted(key, nowInThisTurn(), this.#expiresAt[slot] ?? 0);
    this.#free(slot);
    this.#evicted(key);
  }

  #free(slot: number): void {
    this.#slots.delete(this.#keys[slot] ?? '');
    this.#order.remove(slot);
    this.#keys[slot] = '';
    this.#values[slot] = undefined;
    this.#watchedStaleAt.delete(slot);
    if (this.#weights !== undefined) this.#reweigh(slot, 0);
    this.#freeSlots.push(slot);
  }

  #reweigh(slot: number, weight: number): void {
    this.#total += weight - (this.#weight[slot] ?? 0);
    this.#weight[slot] = weight;
  }

  /** Room for so many slots. */
  #allocate(capacity: number): void {
    this.#quickUntil = resized(this.#quickUntil, capacity);
    this.#expiresAt = resized(this.#expiresAt, capacity);
    this.#storedAt = resized(this.#storedAt, capacity);
    if (this.#weights !== undefined) this.#weight = resized(this.#weight, capacity);
    this.#order.allocate(capacity);
  }
}

function resized(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length);
  next.set(array.subarray(0, length));
  return next;
}
