import { LRUCache } from 'lru-cache';

import type { Entry, Lifetime } from '../entry/entry.js';
import { CacheError, describeValue, invalidOption } from '../errors.js';
import { MemoryRefreshLock } from '../locks/memory-refresh-lock.js';
import { now } from '../time/clock.js';
import { approximateBytes } from './approximate-bytes.js';
import { deepClone, deepFreeze, sharingOf } from './clone.js';
import type { AbandonResult, FillResult, LocalStore, SealedValue } from './store.js';

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
  /** By key: each open ticket with the instant at which it ends by itself. */
  readonly #tickets = new Map<string, Map<string, number>>();
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

  read(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  open(key: string, ticket: string, maxLoad: number): Entry | undefined {
    const tickets = this.#tickets.get(key) ?? new Map<string, number>();
    for (const [old, endsAt] of tickets) if (now() >= endsAt) tickets.delete(old);
    tickets.set(ticket, now() + maxLoad);
    this.#tickets.set(key, tickets);
    return this.read(key);
  }

  fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime): FillResult {
    const endsAt = this.#tickets.get(key)?.get(ticket);
    if (endsAt === undefined || now() >= endsAt) return 'refused';
    this.set(key, value, lifetime);
    return 'filled';
  }

  abandon(key: string, ticket: string): AbandonResult {
    const tickets = this.#tickets.get(key);
    const open = tickets?.delete(ticket) === true;
    if (tickets?.size === 0) this.#tickets.delete(key);
    return open ? 'abandoned' : 'refused';
  }

  set(key: string, value: SealedValue, { ttl, staleWhileRevalidate }: Lifetime): void {
    this.#tickets.delete(key);
    // Whole milliseconds, rounded to the earlier: V8 keeps these in the entry itself, others in an object beside it.
    const staleAt = Math.floor(now() + ttl);
    const Kind = value instanceof SharedValue ? SharedEntry : ClonedEntry;
    this.#entries.set(key, new Kind(value.kept, staleAt, staleAt + staleWhileRevalidate));
  }

  invalidate(keys: readonly string[]): void {
    for (const key of keys) {
      this.#tickets.delete(key);
      this.#entries.delete(key);
      this.lock.free(key);
    }
  }

  clear(): void {
    this.#tickets.clear();
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
