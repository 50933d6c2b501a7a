import { LRUCache } from 'lru-cache';

import type { Entry, Lifetime } from '../entry/entry.js';
import { CacheError, describeValue, invalidOption } from '../errors.js';
import { MemoryRefreshLock } from '../locks/memory-refresh-lock.js';
import { now } from '../time/clock.js';
import { approximateBytes } from './approximate-bytes.js';
import { deepClone, deepFreeze, sharingOf } from './clone.js';
import { MemoryTags, type LivingTag } from './memory-tags.js';
import { MemoryTickets } from './memory-tickets.js';
import type { AbandonResult, Expected, FillResult, LocalStore, SealedValue, Tagging } from './store.js';

/** How callers are kept from reaching each other through a value. */
export type Isolation = 'freeze' | 'clone' | 'none';

export interface MemoryStoreOptions {
  /** The most entries kept; the least recently used one gives way. Default 10,000. */
  readonly maxEntries?: number;
  /** The most bytes of values kept, as `sizeOf` counts them. Default: no bound but `maxEntries`. */
  readonly maxBytes?: number;
  /** The bytes that a value takes. Default: an estimate from its structure. */
  readonly sizeOf?: (value: unknown) => number;
  /**
   * `'freeze'` (default): plain objects and arrays are deep-frozen when stored; values that hold a Date, Map, Set or
   * other built-in that cannot be frozen are cloned for each caller instead. `'clone'`: every caller gets a copy.
   * `'none'`: all callers share one object. Functions and class instances are shared in each mode.
   */
  readonly isolation?: Isolation;
}

const ISOLATIONS: readonly Isolation[] = ['freeze', 'clone', 'none'];

/**
 * Keeps entries in this process, bounded, the least recently used one evicted first. Answers at once and, under fake
 * timers, deterministically: the store for unit tests and for services of one process.
 */
export class MemoryStore implements LocalStore {
  readonly local = true;
  readonly lock = new MemoryRefreshLock();
  readonly #entries: LRUCache<string, KeptEntry>;
  readonly #tags = new MemoryTags();
  readonly #tickets = new MemoryTickets(this.#tags);
  readonly #isolation: Isolation;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  constructor(options: MemoryStoreOptions = {}) {
    const { maxEntries = 10_000, maxBytes, sizeOf = approximateBytes, isolation = 'freeze' } = options;
    checkCount('maxEntries', maxEntries);
    if (!ISOLATIONS.includes(isolation)) {
      throw invalidOption('isolation', "'freeze', 'clone' or 'none'", isolation);
    }
    if (typeof sizeOf !== 'function') throw invalidOption('sizeOf', 'a function from a value to its bytes', sizeOf);
    this.#isolation = isolation;
    this.#entries = new LRUCache<string, KeptEntry>({
      max: maxEntries,
      ...(maxBytes === undefined ? {} : boundBytes(maxBytes, sizeOf)),
    });
  }

  /** How many entries are kept now, expired ones that nobody has asked for included. */
  get size(): number {
    return this.#entries.size;
  }

  read(key: string, expected?: Expected): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.fits(expected) ? entry : undefined;
  }

  open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Entry | undefined {
    this.#tickets.open(key, ticket, maxLoad, tagging);
    return this.read(key);
  }

  fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime, tags: readonly string[] = []): FillResult {
    const living = this.#tickets.redeem(key, ticket, tags);
    if (living === undefined) return 'refused';
    this.#keep(key, value, lifetime, living);
    return 'filled';
  }

  abandon(key: string, ticket: string): AbandonResult {
    return this.#tickets.end(key, ticket) ? 'abandoned' : 'refused';
  }

  set(key: string, value: SealedValue, lifetime: Lifetime, tags: readonly string[] = []): void {
    this.#keep(
      key,
      value,
      lifetime,
      tags.map((name) => this.#tags.living(name)),
    );
  }

  #keep(key: string, value: SealedValue, { ttl, staleWhileRevalidate }: Lifetime, tags: readonly LivingTag[]): void {
    this.#tickets.endAll(key);
    // Whole milliseconds, rounded to the earlier: V8 keeps these in the entry itself, others in an object beside it.
    const staleAt = Math.floor(now() + ttl);
    const expiresAt = staleAt + staleWhileRevalidate;
    this.#entries.set(key, entryOf(value, staleAt, expiresAt, tags));
  }

  invalidate(keys: readonly string[], tags: readonly string[] = []): void {
    for (const key of keys) {
      this.#tickets.endAll(key);
      this.#entries.delete(key);
      this.lock.free(key);
    }
    for (const tag of tags) this.#tags.invalidate(tag);
  }

  clear(): void {
    this.#tickets.endAll();
    this.#entries.clear();
    this.lock.free();
  }

  seal(value: unknown): SealedValue {
    if (typeof value !== 'object' || value === null || this.#isolation === 'none') return new SharedValue(value);
    try {
      if (this.#isolation === 'clone' || sharingOf(value) === 'must be cloned') return new ClonedValue(value);
      deepFreeze(value);
      return new SharedValue(value);
    } catch (cause) {
      throw new CacheError(
        'ERR_CACHE_VALUE_UNSUPPORTED',
        `Expected a value that can be kept apart, got ${describeValue(value)}`,
        {
          cause,
        },
      );
    }
  }
}

/** One object for all callers: frozen, or by the user's choice not. */
class SharedValue implements SealedValue {
  readonly kept: unknown;

  constructor(value: unknown) {
    this.kept = value;
  }

  copy(): unknown {
    return this.kept;
  }
}

/** A snapshot that no caller ever sees; each gets a copy of it. */
class ClonedValue implements SealedValue {
  readonly kept: unknown;

  constructor(value: unknown) {
    this.kept = deepClone(value);
  }

  copy(): unknown {
    return deepClone(this.kept);
  }
}

/** One class for each kind: an entry is no larger than it must be, and the quick ones stay quick. */
function entryOf(value: SealedValue, staleAt: number, expiresAt: number, tags: readonly LivingTag[]): KeptEntry {
  if (tags.length > 0) return new TaggedEntry(value, staleAt, expiresAt, tags);
  return new (value instanceof SharedValue ? SharedEntry : ClonedEntry)(value.kept, staleAt, expiresAt);
}

/** An entry that gives out, in one way or another, what is kept. */
abstract class KeptEntry implements Entry {
  readonly kept: unknown;
  readonly staleAt: number;
  readonly expiresAt: number;

  constructor(kept: unknown, staleAt: number, expiresAt: number) {
    this.kept = kept;
    this.staleAt = staleAt;
    this.expiresAt = expiresAt;
  }

  get value(): unknown {
    return this.copy();
  }

  get tags(): readonly string[] | undefined {
    return undefined;
  }

  /** May it be given to one who expects this? */
  fits(expected: Expected | undefined): boolean {
    return expected === undefined || expected.tags.length === 0;
  }

  abstract copy(): unknown;
}

class SharedEntry extends KeptEntry {
  copy(): unknown {
    return this.kept;
  }
}

/** Whoever asks for its value gets a copy of their own. */
class ClonedEntry extends KeptEntry {
  copy(): unknown {
    return deepClone(this.kept);
  }
}

/** One that is gone when one of its tags was invalidated. */
class TaggedEntry extends KeptEntry {
  readonly #sealed: SealedValue;
  readonly #tags: readonly LivingTag[];

  constructor(sealed: SealedValue, staleAt: number, expiresAt: number, tags: readonly LivingTag[]) {
    super(sealed.kept, staleAt, expiresAt);
    this.#sealed = sealed;
    this.#tags = tags;
  }

  override get tags(): readonly string[] {
    return this.#tags.map(({ name }) => name);
  }

  override fits(expected: Expected | undefined): boolean {
    for (const { invalidated } of this.#tags) if (invalidated) return false;
    return expected === undefined || expected.tags.every((name) => this.#tags.some((tag) => tag.name === name));
  }

  copy(): unknown {
    return this.#sealed.copy();
  }
}

function boundBytes(
  maxBytes: number,
  sizeOf: (value: unknown) => number,
): Partial<LRUCache.Options<string, KeptEntry, unknown>> {
  checkCount('maxBytes', maxBytes);
  return {
    maxSize: maxBytes,
    sizeCalculation: (entry) => {
      const bytes = sizeOf(entry.kept);
      if (!Number.isFinite(bytes) || bytes < 0)
        throw invalidOption('sizeOf', 'a function that returns a number of bytes', bytes);
      return Math.max(1, Math.ceil(bytes));
    },
  };
}

function checkCount(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw invalidOption(option, 'a whole number of at least 1', value);
}
