import type { KeptEntry } from './memory-entry.js';
import { SharedEntry } from './memory-entry.js';

export interface EntryTableOptions {
  readonly maxEntries: number;
  /** The most that all entries may weigh, and what one does: a whole number of at least 1. `undefined`: no such bound. */
  readonly weights: { readonly max: number; readonly of: (entry: KeptEntry) => number } | undefined;
}

/** No slot. */
const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * Entries by key, bounded. What is kept of an entry lies in slots of parallel arrays: an object for each would take some 60 bytes
 * more, and a hit one more look into memory that is in no cache of the processor.
 *
 * Evicts by SIEVE (Y. Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): entries stand in the order in which they came; a hand
 * goes from the oldest to the newest, passes those that were used since it last came by, and evicts the first that was not. A use is
 * a mark, where LRU relinks a list; and what nobody asks for a second time gives way sooner.
 */
export class EntryTable {
  readonly #maxEntries: number;
  readonly #weights: EntryTableOptions['weights'];
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  /** The value of a shared entry; any other entry as a whole. */
  readonly #values: unknown[] = [];
  /** When a shared entry becomes stale; `NaN`, which is later than nothing, for any other. */
  #staleAt = new Float64Array(0);
  #expiresAt = new Float64Array(0);
  #storedAt = new Float64Array(0);
  /** Empty where nothing is weighed. */
  #weight = new Float64Array(0);
  /** 1: used since the hand last came by. */
  #used = new Uint8Array(0);
  /** The slots of the entries that came just before and after this one. */
  #older = new Int32Array(0);
  #newer = new Int32Array(0);
  #oldest = NONE;
  #newest = NONE;
  /** Where it goes on; `NONE`: from the oldest. */
  #hand = NONE;
  /** Those that are free again, linked by `#newer`. */
  #firstFree = NONE;
  #total = 0;

  constructor({ maxEntries, weights }: EntryTableOptions) {
    this.#maxEntries = maxEntries;
    this.#weights = weights;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The value of a shared entry that is fresh at the instant `at`; `undefined`: {@link get} has to be asked. */
  fresh(key: string, at: number): Promise<unknown> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined || !(at < (this.#staleAt[slot] ?? NaN))) return undefined;
    this.#used[slot] = 1;
    return Promise.resolve(this.#values[slot]);
  }

  get(key: string): KeptEntry | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    this.#used[slot] = 1;
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
    const slot = known ?? this.#add(key);
    if (known !== undefined) this.#used[slot] = 1;
    this.#write(slot, entry);
    if (weights !== undefined) this.#reweigh(slot, weight);
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#free(slot);
  }

  clear(): void {
    this.#slots.clear();
    this.#keys.length = 0;
    this.#values.length = 0;
    this.#allocate(0);
    this.#oldest = this.#newest = this.#hand = this.#firstFree = NONE;
    this.#total = 0;
  }

  #entryIn(slot: number): KeptEntry {
    const value = this.#values[slot];
    const staleAt = this.#staleAt[slot] ?? NaN;
    if (Number.isNaN(staleAt)) return value as KeptEntry;
    return new SharedEntry(value, this.#storedAt[slot] ?? 0, staleAt, this.#expiresAt[slot] ?? 0);
  }

  #write(slot: number, entry: KeptEntry): void {
    const isShared = entry instanceof SharedEntry;
    this.#values[slot] = isShared ? entry.kept : entry;
    this.#staleAt[slot] = isShared ? entry.staleAt : NaN;
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
    const slot = this.#takeFree();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#used[slot] = 0;
    this.#append(slot);
    return slot;
  }

  #evict(): void {
    let slot = this.#hand === NONE ? this.#oldest : this.#hand;
    while (this.#used[slot] === 1) {
      this.#used[slot] = 0;
      const next = this.#newer[slot] ?? NONE;
      slot = next === NONE ? this.#oldest : next;
    }
    this.#hand = slot;
    this.#free(slot);
  }

  #takeFree(): number {
    const slot = this.#firstFree;
    if (slot === NONE) return this.#takeNext();
    this.#firstFree = this.#newer[slot] ?? NONE;
    return slot;
  }

  #takeNext(): number {
    const slot = this.#keys.length;
    if (slot === this.#staleAt.length) {
      this.#allocate(Math.min(this.#maxEntries, Math.max(FIRST_CAPACITY, slot * 2)));
    }
    return slot;
  }

  #free(slot: number): void {
    this.#slots.delete(this.#keys[slot] ?? '');
    this.#keys[slot] = '';
    this.#values[slot] = undefined;
    if (this.#weights !== undefined) this.#reweigh(slot, 0);
    this.#unlink(slot);
    this.#newer[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  #reweigh(slot: number, weight: number): void {
    this.#total += weight - (this.#weight[slot] ?? 0);
    this.#weight[slot] = weight;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] ?? NONE;
    const newer = this.#newer[slot] ?? NONE;
    if (slot === this.#hand) this.#hand = newer;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }

  #append(slot: number): void {
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  /** Room for so many slots. */
  #allocate(capacity: number): void {
    this.#staleAt = resized(this.#staleAt, capacity);
    this.#expiresAt = resized(this.#expiresAt, capacity);
    this.#storedAt = resized(this.#storedAt, capacity);
    if (this.#weights !== undefined) this.#weight = resized(this.#weight, capacity);
    this.#used = resized(this.#used, capacity);
    this.#older = resized(this.#older, capacity);
    this.#newer = resized(this.#newer, capacity);
  }
}

function resized<A extends Float64Array | Int32Array | Uint8Array>(array: A, length: number): A {
  const Numbers = array.constructor as new (length: number) => A;
  const next = new Numbers(length);
  next.set(array.subarray(0, length));
  return next;
}
