import { freshnessOf, type Entry, type Lifetime } from '../entry/entry.js';
import type { TierReport } from '../entry/tier-report.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import { now } from '../time/clock.js';
import type {
  AbandonResult,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LocalStore,
  SealedValue,
  Tagging,
} from './store.js';

export interface CopiesOptions {
  /** Where they are kept. */
  readonly store: LocalStore;
  /** The longest that a copy is used, in milliseconds. */
  readonly atMost: number;
  /** The same while the second tier does not answer. */
  readonly atMostAlone: number;
  /** The instant until which an invalidation would be told of. */
  readonly trustedUntil: () => number;
  readonly failed: (key: string, error: unknown) => void;
}

/** How long a read of the second tier may take and still leave a copy, in milliseconds. */
const PROMOTION_WITHIN = 60_000;

/** Of an entry that is about to be read, the tags are known once it was. */
const UNTIL_READ: Tagging = { tags: [], mayGrow: true };

/**
 * What a process keeps in the first tier: copies of entries of the second one, and, while that does not answer, makeshift
 * entries, which were never there.
 */
export class Copies {
  readonly #options: CopiesOptions;
  #promotions = 0;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** Where the second tier does not answer, a stale copy is still better than none. */
  usable(key: string, expected: Expected | undefined): Entry | undefined {
    return now() < this.#options.trustedUntil() ? this.#unexpired(key, expected) : undefined;
  }

  usableMakeshift(key: string, expected: Expected | undefined): Entry | undefined {
    return this.#unexpired(makeshift(key), expected);
  }

  /** A ticket that tells whether `key`, or a tag of its entry, was invalidated while the second tier was asked. */
  beginPromotion(key: string): string {
    this.#promotions += 1;
    const ticket = `promotion ${this.#promotions}`;
    this.#options.store.open(key, ticket, PROMOTION_WITHIN, UNTIL_READ);
    return ticket;
  }

  /** Its lifetime counts from `sentAt`: no later than it does in the second tier. */
  keep(key: string, ticket: string, value: SealedValue, { lifetime, tags = [] }: FillTerms, sentAt: number): void {
    const { store, atMost, failed } = this.#options;
    const copied = shortened(lifetime, now() - sentAt, atMost);
    if (copied.ttl <= 0) return;
    try {
      store.fill(key, ticket, value, { lifetime: copied, tags });
    } catch (error) {
      failed(key, error);
    }
  }

  openMakeshift(key: string, ticket: string, maxLoad: number, tagging: Tagging | undefined): void {
    this.#options.store.open(makeshift(key), ticket, maxLoad, tagging);
  }

  keepMakeshift(key: string, ticket: string, value: SealedValue, { lifetime, tags = [] }: FillTerms): FillResult {
    const { store, atMostAlone } = this.#options;
    const ttl = Math.min(lifetime.ttl, atMostAlone);
    return store.fill(makeshift(key), ticket, value, { lifetime: { ttl, staleWhileRevalidate: 0 }, tags });
  }

  abandonMakeshift(key: string, ticket: string): AbandonResult {
    return this.#options.store.abandon(makeshift(key), ticket);
  }

  drop(what: Invalidated): void {
    const { store } = this.#options;
    if (what === 'all') store.clear();
    else {
      const names = what.keys.flatMap((key) => [key, makeshift(key)]);
      store.invalidate(names, what.tags);
    }
  }

  /** `isAway`: the second tier does not answer. */
  inspect(key: string, options: InspectOptions, isAway: boolean): TierReport[] {
    return this.#options.store.inspect(key, options).map((report) => ({ ...this.#judge(report, isAway), tier: 'l1' }));
  }

  inspectMakeshifts(key: string, options: InspectOptions): TierReport[] {
    return this.#options.store.inspect(makeshift(key), options).map((report) => ({ ...report, tier: 'outage' }));
  }

  #judge(report: TierReport, isAway: boolean): TierReport {
    if (now() >= this.#options.trustedUntil())
      return { ...report, notUsed: 'the bus would not tell of an invalidation' };
    const state = report.entry?.state;
    if (state === 'last-resort') return { ...report, notUsed: 'a copy that has expired is no last resort' };
    if (state !== 'stale' || isAway) return report;
    return { ...report, notUsed: 'a stale copy is used only while the second tier does not answer' };
  }

  #unexpired(key: string, expected: Expected | undefined): Entry | undefined {
    const copy = this.#options.store.read(key, expected);
    return copy !== undefined && freshnessOf(copy, now()) !== 'expired' ? copy : undefined;
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
