import { freshnessOf, isLastResort, type Entry } from './entry.js';

/** What one tier has of a key, for people to read. All times in whole milliseconds, when it was asked. */
export interface TierReport {
  /** `memory`, `redis`; of a `TieredStore` `l1`, `l2`, and `outage`: what was loaded here while `l2` did not answer. */
  readonly tier: string;
  /** Why no call would be answered from here now; absent where nothing but the entry decides. */
  readonly notUsed?: string;
  /** Absent where there is none, or nobody can tell. */
  readonly entry?: EntryReport;
  /** Why the entry that is there cannot be read: it is none, and the next fill overwrites it. */
  readonly unreadable?: unknown;
  /** How many loads, of all processes that share this tier, may still fill the entry; absent where nobody can tell. */
  readonly openTickets?: number;
}

/**
 * Fresh, stale, expired: as everywhere. `last-resort`: it has expired, but for a call whose load fails (`staleIfError`).
 * `invalidated`: one of its tags was, and so it is none.
 */
export type EntryState = 'fresh' | 'stale' | 'last-resort' | 'expired' | 'invalidated';

export interface EntryReport {
  readonly state: EntryState;
  /** How long ago it was stored in this tier; absent where the store does not know. */
  readonly age?: number;
  /** How long it will still be fresh. */
  readonly freshFor: number;
  /** How long it may still be served, fresh or stale. */
  readonly servableFor: number;
  /** How long it may still answer a call whose load failed. */
  readonly lastResortFor: number;
  readonly tags: readonly TagReport[];
  /** What is stored, with all that belongs to it; absent where the store does not know. */
  readonly bytes?: number;
  /** Present only where it was asked for. */
  readonly value?: unknown;
}

/** A tag of an entry. */
export interface TagReport {
  readonly name: string;
  /** Then the entry is none. */
  readonly invalidated: boolean;
  /** Which version of the tag the entry was loaded with; absent in memory, where tags have none. */
  readonly version?: string;
  /** The version that the tag has now, `null` where it has none. */
  readonly current?: string | null;
}

/** What the instants of an entry say of it at the instant `at`. */
export function reportOf(
  entry: Pick<Entry, 'staleAt' | 'expiresAt' | 'lastResortUntil'>,
  tags: readonly TagReport[],
  at: number,
): EntryReport {
  const { staleAt, expiresAt, lastResortUntil = -Infinity } = entry;
  const left = (instant: number) => Math.max(0, Math.round(instant - at));
  return {
    state: stateOf(entry, tags, at),
    freshFor: left(staleAt),
    servableFor: left(expiresAt),
    lastResortFor: left(Math.max(expiresAt, lastResortUntil)),
    tags,
  };
}

function stateOf(entry: Parameters<typeof reportOf>[0], tags: readonly TagReport[], at: number): EntryState {
  if (tags.some(({ invalidated }) => invalidated)) return 'invalidated';
  return isLastResort(entry, at) ? 'last-resort' : freshnessOf(entry, at);
}
