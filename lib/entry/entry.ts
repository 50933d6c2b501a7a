import type { EarlyTerms } from './early.js';

/** For how long an entry may be used, in milliseconds from the moment it is stored. */
export interface Lifetime {
  /** How long it is fresh. */
  readonly ttl: number;
  /** How long after that it may still be served while it is refreshed (RFC 5861). */
  readonly staleWhileRevalidate: number;
  /** How long after its ttl it may still answer a call whose load failed (RFC 5861); absent where no longer than that. */
  readonly staleIfError?: number;
  /** Absent where it is not to be refreshed early. */
  readonly early?: EarlyLifetime | undefined;
}

/** What is kept to refresh an entry before it is stale. All in milliseconds. */
export interface EarlyLifetime {
  /** How long its load took. */
  readonly loadTook: number;
  /** The ttl that it had at first. */
  readonly ttl: number;
  /** How much of that is left, whatever a copy of it has. */
  readonly freshFor: number;
}

/**
 * A value with the instants that bound its use, on the clock of this process (`time/clock.ts`). A store whose own clock
 * decides what is fresh and what has expired says so with instants that lie infinitely far behind or ahead, so that no
 * other machine's clock matters.
 */
export interface Entry {
  /** The value for one caller; a store may make it only when it is asked for. */
  readonly value: unknown;
  /** The instant from which the entry is stale. */
  readonly staleAt: number;
  /** The instant from which the entry is expired. */
  readonly expiresAt: number;
  /** The instant until which it may answer a call whose load failed, where that lies after `expiresAt`. */
  readonly lastResortUntil?: number | undefined;
  /** Absent where it is not to be refreshed early, or a store was not asked for it. */
  readonly early?: EarlyTerms | undefined;
  /** Is it from the memory of this process? Default: where its store is a local one. */
  readonly local?: boolean;
  /** Its tags; absent where it has none. A store gives out no entry of which one was invalidated. */
  readonly tags?: readonly string[] | undefined;
  /** The value for a further caller, whom nothing that another one does to it may reach. */
  copy(): unknown;
}

/** Fresh: within the ttl. Stale: past it but still usable. Expired: never served again, but for a last resort (RFC 9111, RFC 5861). */
export type Freshness = 'fresh' | 'stale' | 'expired';

/** What an entry is at the instant `at`. */
export function freshnessOf(entry: Pick<Entry, 'staleAt' | 'expiresAt'>, at: number): Freshness {
  if (at < entry.staleAt) return 'fresh';
  return at < entry.expiresAt ? 'stale' : 'expired';
}

/** Has it expired, and may still answer a call whose load failed? */
export function isLastResort(
  { expiresAt, lastResortUntil }: Pick<Entry, 'expiresAt' | 'lastResortUntil'>,
  at: number,
): boolean {
  return at >= expiresAt && lastResortUntil !== undefined && at < lastResortUntil;
}

/** How long an entry is to be kept at all. */
export function lifeOf({ ttl, staleWhileRevalidate, staleIfError = 0 }: Lifetime): number {
  return ttl + Math.max(staleWhileRevalidate, staleIfError);
}
