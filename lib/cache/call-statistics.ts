import { freshnessOf, lifeOf, type Entry } from '../entry/entry.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import type { CacheKey } from '../keys/cache-key.js';
import { SampledKeys, type LoadOf } from '../statistics/sampled-keys.js';
import { Tallies } from '../statistics/tallies.js';
import type { FilledBy } from '../statistics/fillers.js';
import type { Counts, Tally } from '../statistics/tally.js';
import type { FillTerms, SealedValue, Store } from '../stores/store.js';
import { nowInThisTurn } from '../time/clock.js';
import type { CacheEventName, EventCounter, EventSubject, FillSkipReason, KeyEvent, LockFailure } from './events.js';
import { isLocal } from './is-local.js';
import type { LoadJob } from './load-job.js';
import type { StatisticsTerms } from './statistics-options.js';

/** What is counted of each pattern when an event of it is told. `docs/statistics.md` tells the rest. */
const COUNTED: Partial<Record<CacheEventName, keyof Counts>> = {
  'stale-hit': 'staleHits',
  'stale-if-error': 'staleIfErrorHits',
  miss: 'misses',
  coalesced: 'coalesced',
  wait: 'waits',
  'load-failed': 'failedLoads',
  'fill-refused': 'refusedFills',
  'option-failed': 'failedOptions',
};

/** The same where a reason tells what. */
const COUNTED_BY_REASON: Record<FillSkipReason | LockFailure, keyof Counts | undefined> = {
  'not wanted': 'unwantedFills',
  'value unsupported': 'unsupportedFills',
  'option failed': undefined,
  'no ticket': 'ticketlessFills',
  'lease ended': 'endedLeases',
  'no answer': undefined,
};

/** An entry that was stored, by whom, and how it is kept. */
export interface Filled {
  readonly key: string;
  readonly tally: Tally;
  readonly by: FilledBy;
  readonly sealed: SealedValue;
  readonly terms: FillTerms;
}

/** Counts what happens in one cache. Events are counted as they are told; what comes too often to be an event, or tells more, is told here. */
export class CallStatistics implements EventCounter {
  readonly tallies: Tallies;
  readonly sampled: SampledKeys;
  /** How often each event was told. */
  readonly events: Partial<Record<CacheEventName, number>> = {};
  readonly #store: Store;
  readonly #isLocal: boolean;

  constructor(store: Store, { maxPatterns, sampledKeys }: StatisticsTerms) {
    this.#store = store;
    this.#isLocal = isLocal(store);
    this.tallies = new Tallies(maxPatterns);
    this.sampled = new SampledKeys({
      capacity: sampledKeys,
      othersFill: !this.#isLocal && !hearsOthers(store),
      evictionEnds: this.#isLocal,
    });
  }

  count(name: CacheEventName, { pattern, reason }: EventSubject): void {
    this.events[name] = (this.events[name] ?? 0) + 1;
    if (pattern === undefined) return;
    const counted = reason === undefined ? COUNTED[name] : COUNTED_BY_REASON[reason as FillSkipReason | LockFailure];
    if (counted === undefined) return;
    const tally = this.tallies.of(pattern);
    tally[counted] += 1;
  }

  /** A fresh entry was served. */
  hit(tally: Tally, entry: Pick<Entry, 'local'> | undefined): void {
    if (entry?.local ?? this.#isLocal) tally.localHits += 1;
    else tally.sharedHits += 1;
  }

  /** A call has looked for its entry the long way. The next one that tells something new is watched for. */
  called(key: string, tally: Tally, entry: Entry | undefined): void {
    const freshness = entry === undefined ? 'expired' : freshnessOf(entry, nowInThisTurn());
    const found = freshness === 'expired' ? 'none' : freshness;
    const lookAgainAt = this.sampled.called(key, tally, nowInThisTurn(), found);
    if (lookAgainAt !== undefined && found !== 'none') this.#store.watch?.(key, lookAgainAt);
  }

  /** A call wants its value anew, whatever there is. */
  calledAnew({ text }: CacheKey, tally: Tally): void {
    this.sampled.calledAnew(text, tally, nowInThisTurn());
  }

  /** A call has looked for its entry, and the store did not answer. */
  unanswered(key: string, tally: Tally): void {
    this.sampled.unanswered(key, tally, nowInThisTurn());
  }

  /** A call was watched for, and answered the quick way. */
  seen(key: string): void {
    const lookAgainAt = this.sampled.seen(key, nowInThisTurn());
    if (lookAgainAt !== undefined) this.#store.watch?.(key, lookAgainAt);
  }

  /** `cache.get`, and whether it has found an entry. */
  readDirectly({ text, pattern }: CacheKey, hasFound: boolean): void {
    this.tallies.of(pattern).directReads += 1;
    if (hasFound) this.sampled.read(text);
  }

  /** A call that has just found nothing begins a load. */
  begins({ text }: CacheKey): void {
    this.sampled.begins(text);
  }

  /** A call of a key waits for a load that another one has begun in this process. */
  joins({ text }: CacheKey): void {
    this.sampled.joins(text, nowInThisTurn());
  }

  /** A call of a key waits for a load under way elsewhere. */
  waits({ text }: CacheKey): void {
    this.sampled.waits(text, nowInThisTurn());
  }

  /** Callers have waited, and another process has filled the entry. */
  filledElsewhere({ text }: CacheKey): void {
    this.sampled.filledElsewhere(text, nowInThisTurn());
  }

  /** A load has ended, after so many milliseconds. */
  loadEnded({ tally, mode }: LoadJob, took: number): void {
    tally.loads.add(took);
    if (mode === 'background') tally.refreshes += 1;
  }

  /** The value of a load that took so many milliseconds. `isCurrent`: nobody has invalidated it meanwhile, nor asked for it because of a change. */
  loaded({ key }: LoadJob, value: unknown, { took, isCurrent }: Pick<LoadOf, 'took' | 'isCurrent'>): void {
    this.sampled.loaded(key.text, value, { at: nowInThisTurn(), took, isCurrent });
  }

  filled({ key, tally, by, sealed, terms: { lifetime, tags = [] } }: Filled): void {
    if (tally.weighsNext) weigh(tally, sealed);
    tally.filledBy(by, lifetime, tags.length > 0);
    const at = nowInThisTurn();
    const isSampled = this.sampled.filled(key, at, {
      freshUntil: at + lifetime.ttl,
      staleUntil: at + lifetime.ttl + lifetime.staleWhileRevalidate,
      usableUntil: at + lifeOf(lifetime),
    });
    if (isSampled) this.#store.watch?.(key, -Infinity);
  }

  /** {@link filled} by somebody who had the value. */
  written(filled: Filled): void {
    this.filled(filled);
    this.sampled.written(filled.key, nowInThisTurn());
  }

  /** {@link filled} after a load. */
  filledByLoad({ key, tally, loader }: LoadJob, sealed: SealedValue, terms: FillTerms): void {
    this.filled({ key: key.text, tally, by: loader.known.filledBy(loader.self), sealed, terms });
  }

  /** {@link filled} by a method that writes. */
  filledByUpdate({ key, pattern }: KeyEvent, update: Pick<Filled, 'by' | 'sealed' | 'terms'>): void {
    const tally = this.tallies.of(pattern);
    tally.updates += 1;
    this.written({ key, tally, ...update });
  }

  /** Somebody has asked for these to be invalidated, by name. */
  invalidationAskedFor(keys: readonly CacheKey[]): void {
    for (const { pattern } of keys) this.tallies.of(pattern).invalidations += 1;
  }

  evicted(key: string): void {
    this.sampled.evicted(key, nowInThisTurn());
  }

  /** The values of these may be others from now on: somebody has said so, and is about to invalidate them. */
  doubted(what: Invalidated): void {
    if (what !== 'all') this.sampled.doubted(what.keys);
    this.#doubtMany(what);
  }

  /** The entries of these have ended. */
  invalidated(what: Invalidated): void {
    if (what !== 'all') this.sampled.invalidated(what.keys, nowInThisTurn());
    this.#doubtMany(what);
  }

  #doubtMany(what: Invalidated): void {
    if (what === 'all') this.sampled.cleared(nowInThisTurn());
    else if (what.tags.length > 0) this.sampled.tagsInvalidated(nowInThisTurn());
  }
}

/** A getter of the user's may throw: then the value is not weighed. */
function weigh(tally: Tally, sealed: SealedValue): void {
  try {
    if (sealed.bytes !== undefined) tally.weigh(sealed.bytes);
  } catch {
    return;
  }
}

/** Does the store tell what other processes invalidate? */
function hearsOthers(store: Store): boolean {
  return store.health?.().bus !== undefined;
}
