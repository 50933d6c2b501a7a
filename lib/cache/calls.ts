import { areOfOneOwner } from '../agreeing-methods.js';
import { whenThere, type Awaitable } from '../awaitable.js';
import { isDue, type EarlyTerms } from '../entry/early.js';
import { freshnessOf, isLastResort, type Entry } from '../entry/entry.js';
import { describeThrown } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { MadeKey } from '../keys/compiled-key.js';
import type { Tallies } from '../statistics/tallies.js';
import type { Tally } from '../statistics/tally.js';
import type { Store } from '../stores/store.js';
import { now, nowInThisTurn } from '../time/clock.js';
import { isAnyContext } from './call-contexts.js';
import type { CachedMethod } from './cached-method.js';
import { callDirectly } from './call-directly.js';
import { currentMode } from './call-mode.js';
import type { CallStatistics } from './call-statistics.js';
import { isAnyTagWritten, isDeferring, isWritten, noteLoad } from './deferral.js';
import type { Events } from './events.js';
import type { LoadJob } from './load-job.js';
import { isWithinLoad } from './loading-scope.js';
import type { Loads } from './loads.js';
import { FAILED, isEntry, type Failed, type StoreAccess } from './store-access.js';
import type { Wanted } from './wanted.js';
import { warnOnce } from './warnings.js';

/** One call of a cached method. */
interface Call {
  readonly target: CachedMethod;
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly made: MadeKey;
  readonly wanted: Wanted;
}

type QuickStore = Store & Required<Pick<Store, 'readFresh'>>;

export interface CallsOptions {
  /** The cache, in whose name loads run. */
  readonly owner: object;
  readonly store: StoreAccess;
  /** The store itself: what it keeps is shared by caches over it. */
  readonly medium: Store;
  readonly loads: Loads;
  readonly events: Events;
  readonly statistics: CallStatistics;
  /** The key with the scope of the cache. */
  readonly scoped: (key: CacheKey) => CacheKey;
}

/**
 * The story of a call: `answer` → read → `#answerFound` → `Loads.miss` → `loadThrough` (`load.ts`). `docs/life-of-a-call.md` tells
 * it in words.
 */
export class Calls {
  /** The cache is closed: methods are called without it. */
  closed = false;
  /** Are keys within a scope, or invalidations queued? Then more than the entry has to be looked at. */
  scopedOrPending = false;
  readonly #options: CallsOptions;
  readonly #events: Events;
  readonly #statistics: CallStatistics;
  readonly #tallies: Tallies;
  /** The store, where it knows the short way for hits. */
  readonly #quick: QuickStore | undefined;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#events = options.events;
    this.#statistics = options.statistics;
    this.#tallies = options.statistics.tallies;
    this.#quick = isQuick(options.medium) ? options.medium : undefined;
  }

  /**
   * The whole of most calls: a fresh entry of a store that answers at once, under a key of the first argument alone. Nothing is made
   * for them that only a load, or a listener, would need, not even a list of arguments. `undefined`: {@link answer} has to be asked, as it
   * is first of all, to find out where calls of the method are counted.
   */
  hit(target: CachedMethod, first: unknown): Promise<unknown> | undefined {
    const { quickTextOf, tally } = target;
    if (quickTextOf === undefined || tally === undefined || target.tallies !== this.#tallies) return undefined;
    if (this.#quick === undefined || this.#isSpecial() || this.#events.hearsHits) return undefined;
    try {
      const answer = this.#quick.readFresh(quickTextOf(first), nowInThisTurn());
      if (answer !== undefined) tally.localHits += 1;
      return answer;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** A key that cannot be made rejects, as the method itself would. */
  answer(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<unknown> {
    try {
      const made = target.key.make(args, self);
      const wanted = target.policy.plain;
      if (wanted === undefined || this.#isSpecial()) return this.#answerWithCare(target, self, args, made);
      return this.#fresh(target, made) ?? this.#read({ target, self, args, made, wanted });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** May an answer depend on more than the entry of its key? */
  #isSpecial(): boolean {
    return this.scopedOrPending || this.closed || isAnyContext();
  }

  #fresh(target: CachedMethod, made: MadeKey): Promise<unknown> | undefined {
    if (this.#quick === undefined || target.policy.plain?.tags.length !== 0) return undefined;
    const answer = this.#quick.readFresh(textOf(made), nowInThisTurn());
    if (answer !== undefined) this.#noteHit(target, made);
    return answer;
  }

  /** Apart from the hot path, as is all that it seldom needs: it would not be compiled as one. */
  #noteHit(target: CachedMethod, made: MadeKey): void {
    this.#tallyOf(target, made).localHits += 1;
    if (this.#events.hearsHits) this.#tellHit(target, made);
  }

  /** Apart from the hot path, which would pay for its closure. */
  #read(call: Call): Promise<unknown> {
    const { store } = this.#options;
    const { target, made, wanted } = call;
    const about = this.#tallyOf(target, made);
    return Promise.resolve(store.readAnd(textOf(made), about, wanted, (entry) => this.#answerFound(entry, call)));
  }

  #answerWithCare(target: CachedMethod, self: unknown, args: readonly unknown[], made: MadeKey): Promise<unknown> {
    const { policy, method } = target;
    const { owner, store, scoped } = this.#options;
    const unscoped = target.key.whole(made);
    const mode = currentMode();
    if (
      this.closed ||
      mode === 'bypassed' ||
      (policy.when !== undefined && !this.#isWanted(unscoped, policy.when, args))
    ) {
      this.#tallyOf(target, unscoped).bypassed += 1;
      return callDirectly({ method, self, args });
    }
    const key = scoped(unscoped);
    if (isWithinLoad(owner, key.text)) return callDirectly({ method, self, args });
    const wanted = this.#orNone('tags', unscoped, () => policy.wantedBy(args));
    if (wanted === undefined || this.#isWritten(key, wanted)) {
      this.#tallyOf(target, unscoped).bypassed += 1;
      return callDirectly({ method, self, args });
    }
    const call = { target, self, args, made: key, wanted };
    if (mode === 'refreshed') {
      noteLoad(this.#options.medium, key.text);
      const job: LoadJob = { ...this.#jobOf(call), mode: 'anew' };
      this.#statistics.calledAnew(key, job.tally);
      return this.#loaded(job, target);
    }
    const { lacksTags, misfit } = wanted;
    const plainly = lacksTags === undefined && misfit === undefined && !this.scopedOrPending;
    const entry = plainly ? store.read(key, wanted) : store.readWithCare(key, wanted);
    return isDeferring() ? this.#answerUnlessWritten(entry, call) : this.#answerWith(entry, call);
  }

  /** What has been written in the transaction that the call is part of must not come from the cache, nor go there. */
  #isWritten({ text }: CacheKey, { tags, tagging }: Wanted): boolean {
    const { medium } = this.#options;
    return isWritten(medium, text, tags) || (tagging?.mayGrow === true && isAnyTagWritten(medium));
  }

  async #answerUnlessWritten(found: Awaitable<Entry | undefined | Failed>, call: Call): Promise<unknown> {
    const entry = await found;
    const { target, self, args, made } = call;
    const { medium } = this.#options;
    const { text } = target.key.whole(made);
    const tags = (isEntry(entry) && isServable(entry) ? entry.tags : undefined) ?? [];
    if (isWritten(medium, text, tags)) return callDirectly({ method: target.method, self, args });
    if (!isEntry(entry) || now() >= entry.staleAt) noteLoad(medium, text);
    return this.#answerWith(entry, call);
  }

  #loaded(job: LoadJob, target: CachedMethod): Promise<unknown> {
    const answer = this.#options.loads.miss(job);
    target.gathered?.placed();
    return answer;
  }

  #answerWith(entry: Awaitable<Entry | undefined | Failed>, call: Call): Promise<unknown> {
    return Promise.resolve(whenThere(entry, (found) => this.#answerFound(found, call)));
  }

  /** The answer, or a promise of it: who waits for the entry anyway need not wait for a promise of its value. */
  #answerFound(entry: Entry | undefined | Failed, call: Call): unknown {
    const { target, made } = call;
    const tally = this.#tallyOf(target, made);
    if (entry === FAILED) this.#statistics.unanswered(textOf(made), tally);
    else this.#statistics.called(textOf(made), tally, entry);
    if (isEntry(entry)) {
      if (entry.early !== undefined) this.#refreshEarly(entry.early, call);
      // A store that has decided by its own clock (`Entry`) spares a look at this one.
      if (entry.staleAt === Infinity || nowInThisTurn() < entry.staleAt) {
        this.#statistics.hit(tally, entry);
        if (this.#events.hearsHits) this.#tellHit(target, made);
        return entry.value;
      }
    }
    const answer = this.#answerWithLoad(entry, this.#jobOf(call));
    target.gathered?.placed();
    return answer;
  }

  #refreshEarly(early: EarlyTerms, call: Call): void {
    const { beta } = call.target.policy;
    // Within a transaction it would read what is not committed yet.
    if (beta === undefined || isDeferring() || !isDue(early, beta, now())) return;
    this.#options.loads.refresh({ ...this.#jobOf(call), mode: 'background', early });
  }

  #tellHit(target: CachedMethod, made: MadeKey): void {
    this.#events.tellCounted('hit', target.key.whole(made));
  }

  /** Remembered at the method: a hit has no time to look for it. */
  #tallyOf(target: CachedMethod, made: MadeKey): Tally {
    const { tally } = target;
    if (tally !== undefined && target.tallies === this.#tallies) {
      if (typeof made === 'string' || made.pattern === tally.pattern) return tally;
    }
    target.tallies = this.#tallies;
    target.tally = this.#tallies.of(target.key.whole(made).pattern);
    return target.tally;
  }

  #answerWithLoad(entry: Entry | undefined | Failed, job: LoadJob): Promise<unknown> {
    const { loads, events } = this.#options;
    if (entry === FAILED) return loads.miss({ ...job, mode: 'bypass' });
    if (entry === undefined) return loads.miss(job);
    if (freshnessOf(entry, nowInThisTurn()) === 'expired') {
      return isLastResort(entry, nowInThisTurn()) && job.policy.hasLastResort
        ? this.#answerOrLastResort(entry, job)
        : loads.miss(job);
    }
    const refresh: LoadJob = { ...job, mode: 'background' };
    if (job.policy.staleAfter !== undefined) return this.#freshOrStale(entry, refresh, job.policy.staleAfter);
    events.tell('stale-hit', job.key);
    loads.refresh(refresh);
    return Promise.resolve(entry.value);
  }

  async #freshOrStale(entry: Entry, refresh: LoadJob, patience: number): Promise<unknown> {
    const fresh = await this.#options.loads.refreshWithin(refresh, patience);
    this.#options.events.tell(fresh === undefined ? 'stale-hit' : 'miss', refresh.key);
    return (fresh ?? entry).value;
  }

  /**
   * Where the load fails, what the store has then: an entry that was invalidated meanwhile is gone. After a failure the source
   * is spared for a while.
   */
  async #answerOrLastResort(entry: Entry, job: LoadJob): Promise<unknown> {
    const { loads, events, store } = this.#options;
    const serve = (found: Entry): unknown => {
      events.tell('stale-if-error', job.key);
      return found.value;
    };
    if (loads.pauses(job.key.text)) {
      job.tally.spared += 1;
      return serve(entry);
    }
    try {
      return await loads.miss(job);
    } catch (error) {
      const found = await store.readWithCare(job.key, job.wanted);
      if (found === undefined || found === FAILED || !isServable(found)) throw error;
      return serve(found);
    }
  }

  #jobOf({ target, self, args, made, wanted }: Call): LoadJob {
    const { key, policy, method, gathered } = target;
    const loader = {
      method,
      known: target,
      self,
      args,
      keyNow: () => this.#options.scoped(key.keyOf(args, self)),
    };
    const tally = this.#tallyOf(target, made);
    return { key: key.whole(made), policy, loader, gathered, wanted, mode: 'foreground', tally };
  }

  #isWanted(key: CacheKey, when: (args: readonly unknown[]) => boolean, args: readonly unknown[]): boolean {
    return this.#orNone('when', key, () => when(args)) ?? false;
  }

  /** An option that fails keeps the cache out of the call: the method answers. */
  #orNone<T>(option: string, { text, pattern }: CacheKey, ask: () => T): T | undefined {
    try {
      return ask();
    } catch (error) {
      this.#options.events.emit('option-failed', { key: text, pattern, option, error });
      const message = `\`${option}\` failed, the cache is not used: ${describeThrown(error)}`;
      warnOnce('FRESHKEEP_OPTION_FAILED', pattern, message);
      return undefined;
    }
  }
}

function textOf(made: MadeKey): string {
  return typeof made === 'string' ? made : made.text;
}

function isQuick(store: Store): store is QuickStore {
  return areOfOneOwner(store, 'readFresh', 'read');
}

/** To a call whose load failed, if to no other: what is not is gone, whether or not the store still keeps it. */
function isServable(entry: Entry): boolean {
  return freshnessOf(entry, now()) !== 'expired' || isLastResort(entry, now());
}
