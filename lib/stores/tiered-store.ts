import type { Awaitable } from '../awaitable.js';
import type { Entry } from '../entry/entry.js';
import type { TierReport } from '../entry/tier-report.js';
import { describeThrown } from '../errors.js';
import type { BusGap, BusSubscription, Invalidated, InvalidatedBy } from '../invalidation/invalidation-bus.js';
import type { RefreshLock } from '../locks/refresh-lock.js';
import { now, nowInThisTurn } from '../time/clock.js';
import { CopiedEntry } from './copied-entry.js';
import { Copies } from './copies.js';
import { ReadsOfThisTurn } from './reads-of-this-turn.js';
import type {
  AbandonResult,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LivingEntry,
  MemoryReport,
  LocalStore,
  SealedValue,
  SharedStore,
  Store,
  StoreHealth,
  StoreObserver,
  Tagging,
} from './store.js';
import { checkTieredStoreOptions, type TieredStoreOptions } from './tiered-store-options.js';
import { TieredValue, type Forms } from './tiered-value.js';

/**
 * Keeps entries in a store that processes share, and copies of them in each process. A copy is used while it is fresh, for
 * `l1Ttl` at the most, and only while the bus of `l2` would tell of an invalidation: past any of these a call asks `l2`.
 */
export class TieredStore implements Store {
  readonly lock?: RefreshLock;
  readonly #l1: LocalStore;
  readonly #l2: SharedStore;
  readonly #copies: Copies;
  readonly #reads = new ReadsOfThisTurn();
  readonly #bus: BusSubscription;
  readonly #observers = new Set<StoreObserver>();
  readonly #told = new Set<string>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: TieredStoreOptions) {
    const { l1, l2, l1Ttl, terms } = checkTieredStoreOptions(options);
    this.#l1 = l1;
    this.#l2 = l2;
    if (l2.lock !== undefined) this.lock = l2.lock;
    this.#copies = new Copies({
      store: l1,
      atMost: l1Ttl,
      atMostAlone: Math.min(l1Ttl, terms.maxSilence),
      trustedUntil: () => this.#bus.trustedUntil,
      failed: (key, error) => {
        for (const observer of this.#observers) observer.copyFailed?.(key, error);
      },
    });
    this.#bus = l2.bus.subscribe(
      {
        invalidated: (what, by) => {
          this.#drop(what, by);
        },
        missed: (gap) => {
          this.#dropAll(gap);
        },
        failed: (error) => {
          this.#tellFailure(error);
        },
      },
      terms,
    );
  }

  readFresh(key: string, at: number): Promise<unknown> | undefined {
    return at < this.#bus.trustedUntil ? this.#l1.readFresh(key, at) : undefined;
  }

  watch(key: string, at: number): void {
    this.#l1.watch?.(key, at);
  }

  read(key: string, expected?: Expected): Awaitable<Entry | undefined> {
    if (nowInThisTurn() < this.#bus.trustedUntil) {
      const copy = this.#l1.read(key, expected);
      if (copy !== undefined && nowInThisTurn() < copy.staleAt) return copy;
    }
    return this.#reads.share(key, expected, () => this.#readShared(key, expected));
  }

  async open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    this.#l1.open(key, ticket, maxLoad, tagging);
    try {
      return await this.#l2.open(key, ticket, maxLoad, tagging);
    } catch (error) {
      this.#l1.abandon(key, ticket);
      throw error;
    }
  }

  /** Where `l2` answers, but must not be asked, copies are as good as the bus. */
  readAlone(key: string, expected?: Expected): Entry | undefined {
    const mayBeAway = this.#l2.health?.().breaker !== 'closed';
    return mayBeAway || now() < this.#bus.trustedUntil ? this.#copies.usableMakeshift(key, expected) : undefined;
  }

  openAlone(key: string, ticket: string, maxLoad: number, tagging?: Tagging): void {
    this.#copies.openMakeshift(key, ticket, maxLoad, tagging);
  }

  /** The copy is kept only once `l2` has taken the value, by a ticket that no invalidation has ended here meanwhile. */
  async fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    const { local, shared } = value.kept as Forms;
    if (this.#copies.keepMakeshift(key, ticket, local, terms) === 'filled') return 'filled';
    const sentAt = now();
    try {
      const result = await this.#l2.fill(key, ticket, shared, terms);
      if (result === 'filled') this.#copies.keep(key, ticket, local, terms, sentAt);
      return result;
    } finally {
      this.#l1.abandon(key, ticket);
    }
  }

  /** The copy of this process is dropped as those of others are: the next call fetches a new one. */
  async update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    try {
      return await this.#l2.update(key, ticket, (value.kept as Forms).shared, terms);
    } finally {
      this.#l1.abandon(key, ticket);
    }
  }

  abandon(key: string, ticket: string): Awaitable<AbandonResult> {
    if (this.#copies.abandonMakeshift(key, ticket) === 'abandoned') return 'abandoned';
    this.#l1.abandon(key, ticket);
    return this.#l2.abandon(key, ticket);
  }

  set(key: string, value: SealedValue, terms: FillTerms): Awaitable<void> {
    return this.#l2.set(key, (value.kept as Forms).shared, terms);
  }

  /** Copies of this process are dropped by the bus, before and after `l2` applies it. */
  invalidate(keys: readonly string[], tags?: readonly string[]): Awaitable<void> {
    return this.#l2.invalidate(keys, tags);
  }

  clear(): Awaitable<void> {
    return this.#l2.clear();
  }

  /** What `l2` cannot keep, `l1` does not keep either. */
  seal(value: unknown): SealedValue {
    const shared = this.#l2.seal(value);
    return new TieredValue({ local: this.#l1.seal(value), shared });
  }

  observe(observer: StoreObserver): void {
    this.#observers.add(observer);
    this.#l1.observe?.(observer);
    this.#l2.observe?.(observer);
  }

  health(): StoreHealth {
    const l1 = now() < this.#bus.trustedUntil ? 'trusted' : 'not trusted';
    return { ...this.#l2.health?.(), l1, bus: this.#bus.health() };
  }

  memory(): MemoryReport | undefined {
    return this.#l1.memory?.();
  }

  async inspect(key: string, options: InspectOptions): Promise<TierReport[]> {
    const second = await this.#l2.inspect(key, options);
    const isAway = second.some(({ notUsed }) => notUsed !== undefined);
    return [
      ...this.#copies.inspect(key, options, isAway),
      ...second.map((report) => ({ ...report, tier: 'l2' })),
      ...(isAway ? this.#copies.inspectMakeshifts(key, options) : []),
    ];
  }

  async close(): Promise<void> {
    this.#bus.close();
    await this.#l2.close?.();
    await this.#l1.close?.();
  }

  async #readShared(key: string, expected: Expected | undefined): Promise<Entry | undefined> {
    const ticket = this.#copies.beginPromotion(key);
    const sentAt = now();
    try {
      const living = await this.#l2.readLiving(key, expected);
      return living === undefined ? undefined : this.#promote(key, ticket, living, sentAt);
    } catch (error) {
      const copy = this.#copies.usable(key, expected) ?? this.#copies.usableMakeshift(key, expected);
      if (copy === undefined) throw error;
      return copy;
    } finally {
      this.#l1.abandon(key, ticket);
    }
  }

  #promote(key: string, ticket: string, { entry, remaining }: LivingEntry, sentAt: number): Entry {
    if (remaining.ttl <= 0) return entry;
    const sealed = this.#sealCopy(entry.value);
    if (sealed === undefined) return entry;
    this.#copies.keep(key, ticket, sealed, { lifetime: remaining, tags: entry.tags ?? [] }, sentAt);
    // Whose value is as `l1` gives it to callers.
    return new CopiedEntry(entry, sealed);
  }

  #sealCopy(value: unknown): SealedValue | undefined {
    try {
      return this.#l1.seal(value);
    } catch {
      // What could be kept apart when it was stored may be nested too deeply for this one: it is served, not copied.
      return undefined;
    }
  }

  #drop(what: Invalidated, by: InvalidatedBy): void {
    this.#reads.forget();
    this.#copies.drop(what);
    if (by === 'this process') return;
    for (const observer of this.#observers) observer.invalidatedElsewhere?.(what);
  }

  /** Once for each reason, until the bus works again: a heartbeat that fails tells the same twice a second. */
  #tellFailure(error: unknown): void {
    const reason = describeThrown(error);
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    for (const observer of this.#observers) observer.busFailed?.(error);
  }

  #dropAll(gap: BusGap): void {
    this.#reads.forget();
    this.#copies.drop('all');
    if (gap === 'connected') this.#told.clear();
    for (const observer of this.#observers) observer.copiesDropped?.(gap);
  }
}
