/** For how long an entry may be used, in milliseconds from the moment it is stored. */
export interface Lifetime {
  /** How long it is fresh. */
  readonly ttl: number;
  /** How long after that it may still be served while it is refreshed (RFC 5861). */
  readonly staleWhileRevalidate: number;
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
  /** Its tags; absent where it has none. A store gives out no entry of which one was invalidated. */
  readonly tags?: readonly string[] | undefined;
  /** The value for a further caller, whom nothing that another one does to it may reach. */
  copy(): unknown;
}

/** Fresh: within the ttl. Stale: past it but still usable. Expired: never served again (RFC 9111, RFC 5861). */
export type Freshness = 'fresh' | 'stale' | 'expired';

/** What an entry is at the instant `at`. */
export function freshnessOf(entry: Pick<Entry, 'staleAt' | 'expiresAt'>, at: number): Freshness {
  if (at < entry.staleAt) return 'fresh';
  return at < entry.expiresAt ? 'stale' : 'expired';
}
