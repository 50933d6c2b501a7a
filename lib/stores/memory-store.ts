import type { Entry, Lifetime } from '../entry/entry.js';
import type { TierReport } from '../entry/tier-report.js';
import { CacheError, checkCount, describeValue, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { MemoryRefreshLock } from '../locks/memory-refresh-lock.js';
import { now, nowInThisTurn } from '../time/clock.js';
import { approximateBytes } from './approximate-bytes.js';
import { deepFreeze } from './clone.js';
import { EntryTable, type EntryTableOptions } from './entry-table.js';
import { entryOf } from './memory-entry.js';
import { MemoryTags, type LivingTag } from './memory-tags.js';
import { MemoryTickets } from './memory-tickets.js';
import { ClonedValue, SharedValue } from './memory-value.js';
import type {
  AbandonResult,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LocalStore,
  MemoryReport,
  SealedValue,
  StoreObserver,
  Tagging,
} from './store.js';

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

const MEMORY_STORE_OPTIONS: NamesOf<MemoryStoreOptions> = {
  maxEntries: true,
  maxBytes: true,
  sizeOf: true,
  isolation: true,
};

const ISOLATIONS: readonly Isolation[] = ['freeze', 'clone', 'none'];

/**
 * Keeps entries in this process, bounded, the least recently used one evicted first. Answers at once and, under fake
 * timers, deterministically: the store for unit tests and for services of one process.
 */
export class MemoryStore implements LocalStore {
  readonly local = true;
  readonly lock = new MemoryRefreshLock();
  readonly #entries: EntryTable;
  readonly #tags = new MemoryTags();
  readonly #tickets = new MemoryTickets(this.#tags);
  readonly #isolation: Isolation;
  readonly #observers = new Set<StoreObserver>();
  readonly #maxEntries: number;
  #evictions = 0;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  constructor(options: MemoryStoreOptions = {}) {
    const {
      maxEntries = 10_000,
      maxBytes,
      sizeOf = approximateBytes,
      isolation = 'freeze',
    } = checkOptionNames('options', options, MEMORY_STORE_OPTIONS);
    checkCount('maxEntries', maxEntries);
    if (!ISOLATIONS.includes(isolation)) {
      throw invalidOption('isolation', "'freeze', 'clone' or 'none'", isolation);
    }
    if (typeof sizeOf !== 'function') throw invalidOption('sizeOf', 'a function from a value to its bytes', sizeOf);
    this.#isolation = isolation;
    this.#maxEntries = maxEntries;
    this.#entries = new EntryTable({
      maxEntries,
      weights: maxBytes === undefined ? undefined : boundBytes(maxBytes, sizeOf),
      evicted: (key) => {
        this.#evictions += 1;
        for (const observer of this.#observers) observer.evicted?.(key);
      },
      seen: (key) => {
        for (const observer of this.#observers) observer.seen?.(key);
      },
    });
  }

  /** How many entries are kept now, expired ones that nobody has asked for included. */
  get size(): number {
    return this.#entries.size;
  }

  readFresh(key: string, at: number): Promise<unknown> | undefined {
    return this.#entries.fresh(key, at);
  }

  watch(key: string, at: number): void {
    this.#entries.watch(key, at);
  }

  read(key: string, expected?: Expected): Entry | undefined {
    const entry = this.#entries.get(key, nowInThisTurn());
    return entry === undefined || entry.fits(expected) ? entry : undefined;
  }

  open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Entry | undefined {
    this.#tickets.open(key, ticket, maxLoad, tagging);
    return this.read(key, tagging && { staleWindow: 'with stale window', tags: tagging.tags });
  }

  fill(key: string, ticket: string, value: SealedValue, { lifetime, tags = [] }: FillTerms): FillResult {
    const living = this.#tickets.redeem(key, ticket, tags);
    if (living === undefined) return 'refused';
    this.#keep(key, value, lifetime, living);
    return 'filled';
  }

  update(key: string, ticket: string, value: SealedValue, terms: FillTerms): FillResult {
    return this.fill(key, ticket, value, terms);
  }

  abandon(key: string, ticket: string): AbandonResult {
    return this.#tickets.end(key, ticket) ? 'abandoned' : 'refused';
  }

  set(key: string, value: SealedValue, { lifetime, tags = [] }: FillTerms): void {
    const living = tags.map((name) => this.#tags.living(name));
    this.#keep(key, value, lifetime, living);
  }

  #keep(key: string, value: SealedValue, lifetime: Lifetime, tags: readonly LivingTag[]): void {
    this.#tickets.endAll(key);
    this.#entries.set(key, entryOf(value, lifetime, tags));
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

  memory(): MemoryReport {
    const { size: entries, curve = [] } = this.#entries;
    return { entries, maxEntries: this.#maxEntries, evictions: this.#evictions, curve };
  }

  observe(observer: StoreObserver): void {
    this.#observers.add(observer);
  }

  inspect(key: string, { values }: InspectOptions): TierReport[] {
    const entry = this.#entries.peek(key);
    const report = entry && { ...entry.report(now()), ...(values ? { value: entry.value } : {}) };
    return [{ tier: 'memory', ...(report && { entry: report }), openTickets: this.#tickets.openOf(key) }];
  }

  seal(value: unknown): SealedValue {
    if (typeof value !== 'object' || value === null || this.#isolation === 'none') return new SharedValue(value);
    try {
      if (this.#isolation === 'clone' || deepFreeze(value) === 'must be cloned') return new ClonedValue(value);
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

function boundBytes(maxBytes: number, sizeOf: (value: unknown) => number): EntryTableOptions['weights'] {
  checkCount('maxBytes', maxBytes);
  return {
    max: maxBytes,
    of: (entry) => {
      const bytes = sizeOf(entry.kept);
      if (!Number.isFinite(bytes) || bytes < 0)
        throw invalidOption('sizeOf', 'a function that returns a number of bytes', bytes);
      return Math.max(1, Math.ceil(bytes));
    },
  };
}
