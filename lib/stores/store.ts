import type { Awaitable } from '../awaitable.js';
import type { Entry, Lifetime } from '../entry/entry.js';
import type { TierReport } from '../entry/tier-report.js';
import type { BusGap, BusHealth, Invalidated, InvalidationBus } from '../invalidation/invalidation-bus.js';
import type { RefreshLock } from '../locks/refresh-lock.js';
import type { EntriesEstimate } from '../statistics/reuse-record.js';

/** A value in the form in which a store keeps it, made once per load. */
export interface SealedValue {
  /** For the store that sealed it alone. */
  readonly kept: unknown;
  /** The value for a caller who must not share it with others. */
  copy(): unknown;
  /** About how many bytes it takes. It is asked for now and then only, as it may have to be counted. */
  readonly bytes?: number | undefined;
}

/** Does an entry have a stale window after its ttl? */
export type StaleWindow = 'with stale window' | 'without stale window';

/** What the caller's own policy would have stored. */
export interface Expected {
  /** A store may look for such an entry first, but must give the right answer either way. */
  readonly staleWindow: StaleWindow;
  /** An entry that lacks one of these is none: who invalidates the tag would not reach it. */
  readonly tags: readonly string[];
  /** Is it to be told how long the entry will be fresh (`Entry.early`)? Default `false`. */
  readonly early?: boolean;
  /** Are others read in the same turn of the event loop? Then it is worth to send them together. Default: nobody knows. */
  readonly together?: boolean;
}

/** The tags of an entry that is about to be loaded. */
export interface Tagging {
  /** Those that are known already. */
  readonly tags: readonly string[];
  /** May others become known with the value? */
  readonly mayGrow: boolean;
}

/** `refused`: the ticket had ended, because the key, or a tag, was invalidated after it was opened, or the key filled by another. */
export type FillResult = 'filled' | 'refused';

/** `refused`: the ticket had ended already. */
export type AbandonResult = 'abandoned' | 'refused';

/** `closed`: commands are sent. `open`: none is. `half-open`: only those that must come before all others. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a store tells beside its answers. */
export interface StoreObserver {
  /** A stored entry could not be read; it counts as a miss. */
  entryUnreadable?(key: string, error: unknown): void;
  /** Another process has invalidated `what`. */
  invalidatedElsewhere?(what: Invalidated): void;
  /** The store stopped, or resumed, sending commands to a server that did not answer: to `server`, where it has several. */
  breakerChanged?(state: BreakerState, server: string | undefined): void;
  /** The server answers again. Resolves once what must be applied before anything is read was: queued invalidations. */
  recovering?(): Promise<void>;
  /** A key that was watched for (`Store.watch`) was called. */
  seen?(key: string): void;
  /** An entry in this process gave way to others. */
  evicted?(key: string): void;
  /** An entry could not be copied for this process; it was served all the same. */
  copyFailed?(key: string, error: unknown): void;
  /** The bus refused to work: no copy is used until it does. */
  busFailed?(error: unknown): void;
  /** Copies of this process were dropped, as invalidations may have been missed. */
  copiesDropped?(gap: BusGap): void;
}

/** How a store is doing. What it has not, it leaves out. */
export interface StoreHealth {
  /** Where there are several servers, that of the one which is worst off. */
  readonly breaker?: BreakerState;
  /** May copies of this process be used now? */
  readonly l1?: 'trusted' | 'not trusted';
  readonly bus?: BusHealth;
  /** How far the clock of its server is ahead of this process', in milliseconds; absent until it is known. Nothing in the store depends on it. */
  readonly clockOffset?: number;
}

/** What a store keeps in the memory of this process. */
export interface MemoryReport {
  readonly entries: number;
  readonly maxEntries: number;
  /** How many entries have given way to others. */
  readonly evictions: number;
  /** What other bounds would have given, from the smallest on; empty where nobody knows yet. */
  readonly curve: readonly EntriesEstimate[];
}

/** How a value is to be stored. */
export interface FillTerms {
  readonly lifetime: Lifetime;
  /** Default: none. */
  readonly tags?: readonly string[];
}

export interface InspectOptions {
  /** Are values to be shown? */
  readonly values: boolean;
}

/**
 * Where entries are kept. Whatever its medium, a store keeps one promise that the engine relies on: a fill is accepted
 * only if its *ticket*, opened before the load began, was not ended by an invalidation since (`docs/guarantees.md`, I1); of
 * the key, of one of the tags that the fill names, or of everything. An entry is gone once one of its tags was invalidated.
 *
 * Every method settles within a bounded time and rejects when the store cannot answer; none throws but `seal`. Keys are
 * the texts of cache keys. `spec/contracts/store-contract.ts` is the executable form of this comment.
 */
export interface Store {
  /** The refresh lock that comes with this store. */
  readonly lock?: RefreshLock;
  /**
   * A short way for most hits: the answer to a caller, where this process has an entry of `key` without tags whose value all callers
   * share, and which is fresh at the instant `at`; `undefined` where it has none, or {@link read} has to tell. Never throws.
   */
  readFresh?(key: string, at: number): Promise<unknown> | undefined;
  /** The first answer of {@link readFresh} for this key, from the instant `at` on, is told to observers. Only where there is a `readFresh`. */
  watch?(key: string, at: number): void;
  /** The entry of `key`, if one is stored; it may have expired meanwhile, which is for the engine to see. */
  read(key: string, expected?: Expected): Awaitable<Entry | undefined>;
  /** Opens `ticket` for one fill of `key`, which may take `maxLoad` milliseconds, and reads the entry once more. */
  open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Awaitable<Entry | undefined>;
  /** What a load whose ticket was {@link openAlone} has left here for this process alone. */
  readAlone?(key: string, expected?: Expected): Entry | undefined;
  /**
   * {@link open} for a load that is not shared, as the store did not answer or must not be asked: its value may be kept for
   * this process alone, for as long as that lasts. At once, and without a word to any server.
   */
  openAlone?(key: string, ticket: string, maxLoad: number, tagging?: Tagging): void;
  /** Stores the value, with all of its tags, if `ticket` is still open, atomically. It ends all tickets of the key. */
  fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult>;
  /** {@link fill} by one who knows that the value is new: what others keep of the key is not to be used any more. */
  update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult>;
  /** Ends a ticket without a fill, and tells what a fill would have met. */
  abandon(key: string, ticket: string): Awaitable<AbandonResult>;
  /** Stores the value whatever was there, and ends all tickets of the key. */
  set(key: string, value: SealedValue, terms: FillTerms): Awaitable<void>;
  /**
   * Removes the entries of `keys` and ends all their tickets and locks, atomically for each key; and those of every key whose
   * entry has one of `tags`, or whose load will, atomically for each tag, in a time that does not depend on how many they are.
   */
  invalidate(keys: readonly string[], tags?: readonly string[]): Awaitable<void>;
  /** The same for every key of this store. */
  clear(): Awaitable<void>;
  /**
   * The form in which this store keeps `value`.
   * @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` when it could not be given back as it is.
   */
  seal(value: unknown): SealedValue;
  /** One more to tell what no answer carries. */
  observe?(observer: StoreObserver): void;
  health?(): StoreHealth;
  memory?(): MemoryReport | undefined;
  /**
   * What each of its tiers has of `key`, in the order in which they are asked, for people to read; with the value only where
   * `values` is `true`. Changes nothing: an entry is evicted no later for it. What does not answer is told of, not thrown.
   */
  inspect?(key: string, options: InspectOptions): Awaitable<readonly TierReport[]>;
  /** Frees what the store itself opened; nothing that the user gave it. */
  close?(): Awaitable<void>;
}

/** A store in this process, which answers at once: it can be the first tier of a {@link TieredStore}. */
export interface LocalStore extends Store {
  readonly local: true;
  readFresh(key: string, at: number): Promise<unknown> | undefined;
  watch?(key: string, at: number): void;
  read(key: string, expected?: Expected): Entry | undefined;
  open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Entry | undefined;
  fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): FillResult;
  abandon(key: string, ticket: string): AbandonResult;
  invalidate(keys: readonly string[], tags?: readonly string[]): void;
  clear(): void;
  inspect(key: string, options: InspectOptions): readonly TierReport[];
}

/** An entry of a shared store with what is left of its life, by that store's own clock, when it answered. */
export interface LivingEntry {
  readonly entry: Entry;
  readonly remaining: Lifetime;
}

/** A store that several processes share: it can be the second tier of a {@link TieredStore}. */
export interface SharedStore extends Store {
  /** Announces all that is invalidated in this store, by whichever process. */
  readonly bus: InvalidationBus;
  /** {@link read}, for one who means to keep a copy of the entry. */
  readLiving(key: string, expected?: Expected): Promise<LivingEntry | undefined>;
  inspect(key: string, options: InspectOptions): Promise<readonly TierReport[]>;
}
