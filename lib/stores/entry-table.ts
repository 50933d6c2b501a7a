import { SharedEntry, type KeptEntry } from './memory-entry.js';
import { UseOrder } from './use-order.js';

export interface EntryTableOptions {
  readonly maxEntries: number;
  /** The most that all entries may weigh, and what one does: a whole number of at least 1. `undefined`: no such bound. */
  readonly weights: { readonly max: number; readonly of: (entry: KeptEntry) => number } | undefined;
}

const FIRST_CAPACITY = 64;

/**
 * Entries by key, bounded: the least recently used one gives way. What is kept of an entry lies in slots of parallel arrays: an object
 * for each would take some 60 bytes more, and a hit one more look into memory that is in no cache of the processor.
 */
export class EntryTable {
  readonly #maxEntries: number;
  readonly #weights: EntryTableOptions['weights'];
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #freeSlots: number[] = [];
  readonly #order = new UseOrder();
  /** The value of a shared entry; any other entry as a whole. */
  readonly #values: unknown[] = [];
  /** When a shared entry becomes stale; `NaN`, which is later than nothing, for any other. */
  #staleAt = new Float64Array(0);
  #expiresAt = new Float64Array(0);
  #storedAt = new Float64Array(0);
  /** Empty where nothing is weighed. */
  #weight = new Float64Array(0);
  #total = 0;

  constructor({ maxEntries, weights }: EntryTableOptions) {
    this.#maxEntries = maxEntries;
    this.#weights = weights;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** A promise of the value of a shared entry that is fresh at the instant `at`; `undefined`: {@link get} has to be asked. */
  fresh(key: string, at: number): Promise<unknown> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined || !(at < (this.#staleAt[slot] ?? NaN))) return undefined;
    this.#order.use(slot);
    return Promise.resolve(this.#values[slot]);
  }

  get(key: string): KeptEntry | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    this.#order.use(slot);
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
    if (known !== undefined) this.#order.use(known);
    const slot = known ?? this.#add(key);
    this.#write(slot, entry);
    if (weights !== undefined) this.#reweigh(slot, weight);
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#free(slot);
  }

  clear(): void {
    this.#slots.clear();
    for (const list of [this.#keys, this.#freeSlots, this.#values]) list.length = 0;
    this.#allocate(0);
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
    const slot = this.#freeSlots.pop() ?? this.#nextSlot();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#order.add(slot);
    return slot;
  }

  #nextSlot(): number {
    const slot = this.#keys.length;
    if (slot === this.#staleAt.length) {
      this.#allocate(Math.min(this.#maxEntries, Math.max(FIRST_CAPACITY, slot * 2)));
    }
    return slot;
  }

  #evict(): void {
    this.#free(this.#order.leastRecent());
  }

  #free(slot: number): void {
    this.#slots.delete(this.#keys[slot] ?? '');
    this.#order.remove(slot);
    this.#keys[slot] = '';
    this.#values[slot] = undefined;
    if (this.#weights !== undefined) this.#reweigh(slot, 0);
    this.#freeSlots.push(slot);
  }

  #reweigh(slot: number, weight: number): void {
    this.#total += weight - (this.#weight[slot] ?? 0);
    this.#weight[slot] = weight;
  }

  /** Room for so many slots. */
  #allocate(capacity: number): void {
    this.#staleAt = resized(this.#staleAt, capacity);
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
