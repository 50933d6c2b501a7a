import type { EarlyTerms } from '../entry/early.js';
import { freshnessOf, type Entry, type Lifetime } from '../entry/entry.js';
import type { TierReport } from '../entry/tier-report.js';
import { checkObject, describeThrown, invalidOption } from '../errors.js';
import type {
  BusGap,
  BusSubscription,
  BusTerms,
  Invalidated,
  InvalidatedBy,
} from '../invalidation/invalidation-bus.js';
import type { RefreshLock } from '../locks/refresh-lock.js';
import { now, nowInThisTurn } from '../time/clock.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import type {
  AbandonResult,
  Awaitable,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LivingEntry,
  LocalStore,
  SealedValue,
  SharedStore,
  Store,
  StoreHealth,
  StoreObserver,
  Tagging,
} from './store.js';

export interface TieredStoreOptions {
  /** The first tier, in this process: a `MemoryStore`, for this store alone. */
  readonly l1: LocalStore;
  /** The second tier, which all processes share: a `RedisStore`. */
  readonly l2: SharedStore;
  /** The longest that a copy in `l1` is used, whatever is left of the entry's life. Default `'30s'`. */
  readonly l1Ttl?: Duration;
  /** Within this time it is found out that the message of an invalidation was lost. Default `'1s'`. */
  readonly heartbeat?: Duration;
  /**
   * For how long copies are used on while `l2` does not answer and no connection to it has closed: a server that hangs, or
   * a network that swallows everything. At least `heartbeat`. Default `'10s'`, or `heartbeat` where that is longer.
   */
  readonly maxSilence?: Duration;
}

const MAX_SILENCE = 10_000;

/** How long a read of `l2` may take and still leave a copy in `l1`, in milliseconds. */
const PROMOTION_WITHIN = 60_000;

/** Of an entry that is about to be read, the tags are known once it was. */
const UNTIL_READ: Tagging = { tags: [], mayGrow: true };

/**
 * Keeps entries in a store that processes share, and copies of them in each process. A copy is used while it is fresh, for
 * `l1Ttl` at the most, and only while the bus of `l2` would tell of an invalidation: past any of these a call asks `l2`.
 */
export class TieredStore implements Store {
  readonly lock?: RefreshLock;
  readonly #l1: LocalStore;
  readonly #l2: SharedStore;
  readonly #l1Ttl: number;
  readonly #maxSilence: number;
  readonly #bus: BusSubscription;
  readonly #observers = new Set<StoreObserver>();
  readonly #told = new Set<string>();
  #promotions = 0;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: TieredStoreOptions) {
    const { l1, l2, l1Ttl = '30s' } = checkObject('options', options);
    this.#l1 = checkLocal(l1);
    this.#l2 = checkShared(l2);
    this.#l1Ttl = toMilliseconds('l1Ttl', l1Ttl, { zero: false });
    if (l2.lock !== undefined) this.lock = l2.lock;
    const terms = checkTerms(options);
    taken.add(l1);
    this.#maxSilence = terms.maxSilence;
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

  read(key: string, expected?: Expected): Awaitable<Entry | undefined> {
    if (nowInThisTurn() < this.#bus.trustedUntil) {
      const copy = this.#l1.read(key, expected);
      if (copy !== undefined && nowInThisTurn() < copy.staleAt) return copy;
    }
    return this.#readShared(key, expected);
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
    return mayBeAway || now() < this.#bus.trustedUntil ? this.#usable(makeshift(key), expected) : undefined;
  }

  openAlone(key: string, ticket: string, maxLoad: number, tagging?: Tagging): void {
    this.#l1.open(makeshift(key), ticket, maxLoad, tagging);
  }

  /** The copy is kept only once `l2` has taken the value, by a ticket that no invalidation has ended here meanwhile. */
  async fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    const { local, shared } = value.kept as Forms;
    if (this.#keepMakeshift(key, ticket, local, terms) === 'filled') return 'filled';
    const sentAt = now();
    try {
      const result = await this.#l2.fill(key, ticket, shared, terms);
      if (result === 'filled') this.#keep(key, ticket, local, terms, sentAt);
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
    if (this.#l1.abandon(makeshift(key), ticket) === 'abandoned') return 'abandoned';
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
    this.#l2.observe?.(observer);
  }

  health(): StoreHealth {
    const l1 = now() < this.#bus.trustedUntil ? 'trusted' : 'not trusted';
    return { ...this.#l2.health?.(), l1, bus: this.#bus.health() };
  }

  async inspect(key: string, options: InspectOptions): Promise<TierReport[]> {
    const second = await this.#l2.inspect(key, options);
    const isAway = second.some(({ notUsed }) => notUsed !== undefined);
    const copies = this.#l1.inspect(key, options);
    const makeshifts = isAway ? this.#l1.inspect(makeshift(key), options) : [];
    return [
      ...copies.map((report) => ({ ...this.#judged(report, isAway), tier: 'l1' })),
      ...second.map((report) => ({ ...report, tier: 'l2' })),
      ...makeshifts.map((report) => ({ ...report, tier: 'outage' })),
    ];
  }

  async close(): Promise<void> {
    this.#bus.close();
    await this.#l2.close?.();
    await this.#l1.close?.();
  }

  /** The ticket tells whether `key`, or a tag of its entry, was invalidated while the reply was on its way. */
  async #readShared(key: string, expected: Expected | undefined): Promise<Entry | undefined> {
    this.#promotions += 1;
    const ticket = `promotion ${this.#promotions}`;
    this.#l1.open(key, ticket, PROMOTION_WITHIN, UNTIL_READ);
    const sentAt = now();
    try {
      const living = await this.#l2.readLiving(key, expected);
      return living === undefined ? undefined : this.#promote(key, ticket, living, sentAt);
    } catch (error) {
      const copy = this.#staleCopy(key, expected) ?? this.#usable(makeshift(key), expected);
      if (copy === undefined) throw error;
      return copy;
    } finally {
      this.#l1.abandon(key, ticket);
    }
  }

  /** Where `l2` does not answer, a stale copy is still better than none. */
  #staleCopy(key: string, expected: Expected | undefined): Entry | undefined {
    return now() < this.#bus.trustedUntil ? this.#usable(key, expected) : undefined;
  }

  /** Would a call be answered with this copy? */
  #judged(report: TierReport, isAway: boolean): TierReport {
    if (now() >= this.#bus.trustedUntil) return { ...report, notUsed: 'the bus would not tell of an invalidation' };
    if (report.entry?.state !== 'stale' || isAway) return report;
    return { ...report, notUsed: 'a stale copy is used only while the second tier does not answer' };
  }

  #usable(key: string, expected: Expected | undefined): Entry | undefined {
    const copy = this.#l1.read(key, expected);
    return copy !== undefined && freshnessOf(copy, now()) !== 'expired' ? copy : undefined;
  }

  #promote(key: string, ticket: string, { entry, remaining }: LivingEntry, sentAt: number): Entry {
    if (remaining.ttl <= 0) return entry;
    const sealed = this.#sealCopy(entry.value);
    if (sealed === undefined) return entry;
    this.#keep(key, ticket, sealed, { lifetime: remaining, tags: entry.tags ?? [] }, sentAt);
    return new PromotedEntry(sealed, entry);
  }

  #sealCopy(value: unknown): SealedValue | undefined {
    try {
      return this.#l1.seal(value);
    } catch {
      // What could be kept apart when it was stored may be nested too deeply for this one: it is served, not copied.
      return undefined;
    }
  }

  /** Its lifetime counts from `sentAt`: no later than it does in `l2`. */
  #keep(key: string, ticket: string, value: SealedValue, { lifetime, tags = [] }: FillTerms, sentAt: number): void {
    const copied = shortened(lifetime, now() - sentAt, this.#l1Ttl);
    if (copied.ttl <= 0) return;
    try {
      this.#l1.fill(key, ticket, value, { lifetime: copied, tags });
    } catch (error) {
      for (const observer of this.#observers) observer.copyFailed?.(key, error);
    }
  }

  #keepMakeshift(key: string, ticket: string, value: SealedValue, { lifetime, tags = [] }: FillTerms): FillResult {
    const ttl = Math.min(lifetime.ttl, this.#l1Ttl, this.#maxSilence);
    return this.#l1.fill(makeshift(key), ticket, value, { lifetime: { ttl, staleWhileRevalidate: 0 }, tags });
  }

  #drop(what: Invalidated, by: InvalidatedBy): void {
    if (what === 'all') this.#l1.clear();
    else
      this.#l1.invalidate(
        what.keys.flatMap((key) => [key, makeshift(key)]),
        what.tags,
      );
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
    this.#l1.clear();
    if (gap === 'connected') this.#told.clear();
    for (const observer of this.#observers) observer.copiesDropped?.(gap);
  }
}

/** A value as each tier keeps it. */
interface Forms {
  readonly local: SealedValue;
  readonly shared: SealedValue;
}

class TieredValue implements SealedValue {
  readonly kept: Forms;

  constructor(kept: Forms) {
    this.kept = kept;
  }

  copy(): unknown {
    return this.kept.local.copy();
  }
}

/** An entry of `l2`, whose value is as `l1` gives it to callers. */
class PromotedEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly lastResortUntil: number | undefined;
  readonly early: EarlyTerms | undefined;
  readonly tags: readonly string[] | undefined;
  readonly #sealed: SealedValue;

  constructor(sealed: SealedValue, { staleAt, expiresAt, lastResortUntil, early, tags }: Entry) {
    this.value = sealed.copy();
    this.staleAt = staleAt;
    this.expiresAt = expiresAt;
    this.lastResortUntil = lastResortUntil;
    this.early = early;
    this.tags = tags;
    this.#sealed = sealed;
  }

  copy(): unknown {
    return this.#sealed.copy();
  }
}

/** What is left of a lifetime when `elapsed` milliseconds of it are over, for a copy that is used for `atMost`. */
function shortened(lifetime: Lifetime, elapsed: number, atMost: number): Lifetime {
  const ttl = Math.min(lifetime.ttl - elapsed, atMost);
  const left = (window: number) => Math.min(lifetime.ttl + window - elapsed, atMost) - ttl;
  const { staleWhileRevalidate, staleIfError, early } = lifetime;
  return {
    ttl,
    staleWhileRevalidate: left(staleWhileRevalidate),
    ...(staleIfError === undefined ? {} : { staleIfError: left(staleIfError) }),
    ...(early === undefined ? {} : { early: { ...early, freshFor: early.freshFor - elapsed } }),
  };
}

/**
 * While `l2` does not answer, what this process loads is kept in `l1` under a name of its own: it was never in `l2`, and is
 * used only where `l2` does not answer. No text of a cache key begins with a control character.
 */
function makeshift(key: string): string {
  return `\u0000${key}`;
}

const taken = new WeakSet<LocalStore>();

/** Keys of another store would be taken for those of this one. */
function checkLocal(l1: unknown): LocalStore {
  if ((l1 as Partial<LocalStore> | undefined)?.local === true) {
    if (!taken.has(l1 as LocalStore)) return l1 as LocalStore;
    throw invalidOption('l1', 'a store that is the first tier of no other one', l1);
  }
  throw invalidOption('l1', 'a store in this process, such as new MemoryStore()', l1);
}

function checkShared(l2: unknown): SharedStore {
  const { bus, readLiving } = (l2 ?? {}) as Partial<SharedStore>;
  if (typeof bus?.subscribe === 'function' && typeof readLiving === 'function') return l2 as SharedStore;
  throw invalidOption('l2', 'a store that processes share, such as new RedisStore({ client })', l2);
}

function checkTerms({ heartbeat = '1s', maxSilence }: TieredStoreOptions): BusTerms {
  const beat = toMilliseconds('heartbeat', heartbeat, { zero: false });
  if (maxSilence === undefined) return { heartbeat: beat, maxSilence: Math.max(MAX_SILENCE, beat) };
  const silence = toMilliseconds('maxSilence', maxSilence, { zero: false });
  if (silence >= beat) return { heartbeat: beat, maxSilence: silence };
  throw invalidOption('maxSilence', `at least the \`heartbeat\` of ${beat} ms`, maxSilence);
}
