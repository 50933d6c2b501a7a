import type { EarlyTerms } from '../../entry/early.js';
import type { Entry, Lifetime } from '../../entry/entry.js';
import { now } from '../../time/clock.js';
import type { DecodedPayload } from './entry-codec.js';
import type { OpenedPayload } from './opened-payload.js';
import type { LivingReply, Reply } from './read-replies.js';

/** What an entry was when Redis answered; `last resort`: it may only answer a call whose load failed. */
export type RedisFreshness = 'fresh' | 'stale' | 'last resort';

/** `unclear`: the marker would have to be asked for, or, where it is gone, what is left of the life of the entry. */
export function freshnessOf(
  { staleWhileRevalidate, staleIfError = 0 }: Pick<DecodedPayload, 'staleWhileRevalidate' | 'staleIfError'>,
  { marker, entryLife }: Pick<Reply, 'marker' | 'entryLife'>,
): RedisFreshness | 'unclear' {
  if (staleWhileRevalidate === 0 && staleIfError === 0) return 'fresh';
  if (marker !== null) return marker === undefined ? 'unclear' : 'fresh';
  if (staleIfError === 0) return 'stale';
  if (entryLife === undefined) return 'unclear';
  return entryLife <= staleIfError - staleWhileRevalidate ? 'last resort' : 'stale';
}

/** An entry as it was when Redis answered. */
export class RedisEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly lastResortUntil = Infinity;
  readonly early: EarlyTerms | undefined;
  readonly #opened: OpenedPayload;

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  constructor(opened: OpenedPayload, freshness: RedisFreshness, reply: Partial<LivingReply>) {
    this.value = opened.value();
    this.staleAt = freshness === 'fresh' ? Infinity : -Infinity;
    this.expiresAt = freshness === 'last resort' ? -Infinity : Infinity;
    this.early = earlyTermsOf(opened.decoded, reply);
    this.#opened = opened;
  }

  get tags(): readonly string[] | undefined {
    const { tags } = this.#opened.decoded;
    return tags && [...tags.keys()];
  }

  copy(): unknown {
    this.#opened.expectMore();
    return this.#opened.value();
  }

  /** What was left of its lifetime when Redis answered. */
  remaining({ entryLife, markerLife }: LivingReply): Lifetime {
    const { staleWhileRevalidate, staleIfError = 0 } = this.#opened.decoded;
    const ttl = freshFor(this.#opened.decoded, { entryLife, markerLife });
    const lastResort = Math.max(0, staleIfError - staleWhileRevalidate);
    // Someone may have taken the expiry of both away.
    const afterwards = entryLife === ttl ? 0 : entryLife - ttl;
    const stale = Math.max(0, afterwards - lastResort);
    return {
      ttl,
      staleWhileRevalidate: stale,
      ...(lastResort === 0 ? {} : { staleIfError: afterwards }),
      ...(this.early === undefined
        ? {}
        : { early: { loadTook: this.early.loadTook, ttl: this.early.ttl, freshFor: ttl } }),
    };
  }
}

/** What is left of its ttl, in milliseconds. */
function freshFor(
  { staleWhileRevalidate, staleIfError = 0 }: DecodedPayload,
  { entryLife, markerLife }: Pick<LivingReply, 'entryLife' | 'markerLife'>,
): number {
  return staleWhileRevalidate > 0 || staleIfError > 0 ? Math.min(markerLife, entryLife) : entryLife;
}

function earlyTermsOf(
  decoded: DecodedPayload,
  { entryLife, markerLife }: Partial<LivingReply>,
): EarlyTerms | undefined {
  if (decoded.early === undefined || entryLife === undefined || markerLife === undefined) return undefined;
  const [loadTook, ttl] = decoded.early;
  return { loadTook, ttl, freshUntil: now() + freshFor(decoded, { entryLife, markerLife }) };
}
