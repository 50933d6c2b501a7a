import type { Observations } from './change-record.js';
import type { DurationStats } from './duration-histogram.js';
import { weightOf } from './key-sample.js';
import type { SampleOfCalls } from './sampled-keys.js';
import type { Filler } from './fillers.js';
import type { Tally } from './tally.js';
import { ttlCurveOf, type TtlEstimate } from './ttl-curve.js';

/** Who fills entries of a pattern, and for how long. Durations in milliseconds. */
export interface FillerStats extends Readonly<
  Pick<Filler, 'fills' | 'shortestTtl' | 'longestTtl' | 'staleWhileRevalidate' | 'tagged'>
> {
  /** `Users.find`, or `(anonymous)` where it has no name; `find #2` for another one of the same name. */
  readonly by: string;
  /** Does the ttl depend on the value, or is it reckoned for each of many declarations? Absent where it does not. */
  readonly ttlVaries?: true;
  /** The one before whose code is the same, character by character, and declares another lifetime: a copy, or run once more. Absent where there is none. */
  readonly sameCodeAs?: string;
  /** Methods of the same class that seem to write, and declare nothing; absent where there are none. */
  readonly silentWriters?: readonly string[];
}

/** What is estimated from a sample of the keys, scaled up to all of them. */
export interface PatternEstimates {
  /** How many different keys were called for; within some 7 % (one standard deviation). */
  readonly keys: number;
  /** The bytes of a value, on average, as its store counts them; absent where none was weighed. */
  readonly bytesPerEntry?: number;
  /** Entries that are gone, and those of them that nobody has read. */
  readonly ended: number;
  readonly unread: number;
  /** Entries that gave way to others in the memory of this process. */
  readonly evictions: number;
  /** Calls that waited for the load of another because an entry had come to the end of its ttl. */
  readonly waitedAtExpiry: number;
}

/** Loads of sampled keys that were loaded before, where nobody has invalidated the value since. Not scaled up. */
export interface ReloadStats {
  readonly count: number;
  /** Those that found another value. */
  readonly changed: number;
  /** How old the values from before were, all added up, in milliseconds: for so long they were watched for a change. */
  readonly ages: number;
}

/** What happened to the keys of one pattern, in this process, since its cache was made. */
export interface PatternStats {
  readonly pattern: string;
  /** Calls that the cache has answered, or loaded for: hits of all kinds and misses. */
  readonly calls: number;
  /** Fresh entries found in the memory of this process, and in a store that processes share. */
  readonly localHits: number;
  readonly sharedHits: number;
  /** Calls that were given a stale value while it was refreshed. */
  readonly staleHits: number;
  /** Calls that were given an expired value: the load had failed, which makes them misses too, or has failed lately. */
  readonly staleIfErrorHits: number;
  readonly misses: number;
  /** Those of the misses that joined a load under way in this process. */
  readonly coalesced: number;
  /** Loads that found the refresh lock held, and waited for another process, or for a refresh of this one. */
  readonly waits: number;
  /** Calls that asked for the method itself: `when` said so, `withCacheBypassed`, or the cache was closed. */
  readonly bypassed: number;
  /** The share of calls that were answered without waiting for a load. */
  readonly hitRatio: number;
  /** How long the method took to load a value, in milliseconds; failures included. */
  readonly loads: DurationStats;
  /** Those of them that ran in the background. */
  readonly refreshes: number;
  readonly failedLoads: number;
  readonly fills: number;
  /** Values that were not stored: invalidated meanwhile; not wanted (`storeIf`, a ttl of 0); not to be kept as they are; for want of a ticket. */
  readonly refusedFills: number;
  readonly unwantedFills: number;
  readonly unsupportedFills: number;
  readonly ticketlessFills: number;
  /** How often a function given as an option failed. */
  readonly failedOptions: number;
  /** How often keys of this pattern were named by invalidations. */
  readonly invalidations: number;
  /** Calls of `cache.get` and of `cache.set`. */
  readonly directReads: number;
  readonly directWrites: number;
  /** Values that writers have stored: `@UpdatesCache`. */
  readonly updates: number;
  /** Loads during which the lease of the refresh lock ended. */
  readonly endedLeases: number;
  /** What hits have saved: as many loads as there were hits, each as long as a load takes on average. Milliseconds. */
  readonly timeSaved: number;
  readonly fillers: readonly FillerStats[];
  readonly reloads: ReloadStats;
  readonly estimates: PatternEstimates;
  /** For ttls from a second to a week; empty where nothing was called. */
  readonly ttlCurve: readonly TtlEstimate[];
}

/** What `tally`, and the sample of its keys, say, as plain data. */
export function statsOf(tally: Tally, sample: SampleOfCalls): PatternStats {
  const { calls, misses } = tally;
  const loads = tally.loads.snapshot;
  return {
    pattern: tally.pattern,
    calls,
    localHits: tally.localHits,
    sharedHits: tally.sharedHits,
    staleHits: tally.staleHits,
    staleIfErrorHits: tally.staleIfErrorHits,
    misses,
    coalesced: tally.coalesced,
    waits: tally.waits,
    bypassed: tally.bypassed,
    hitRatio: calls === 0 ? 0 : (calls - misses) / calls,
    loads,
    refreshes: tally.refreshes,
    failedLoads: tally.failedLoads,
    fills: tally.fills,
    refusedFills: tally.refusedFills,
    unwantedFills: tally.unwantedFills,
    unsupportedFills: tally.unsupportedFills,
    ticketlessFills: tally.ticketlessFills,
    failedOptions: tally.failedOptions,
    invalidations: tally.invalidations,
    directReads: tally.directReads,
    directWrites: tally.directWrites,
    updates: tally.updates,
    endedLeases: tally.endedLeases,
    timeSaved: loads.count === 0 ? 0 : (calls - misses) * (loads.sum / loads.count),
    fillers: fillersOf(tally),
    reloads: reloadsOf(tally),
    estimates: estimatesOf(tally),
    ttlCurve: calls === 0 ? [] : ttlCurveOf(tally, sample),
  };
}

function fillersOf({ fillers }: Tally): FillerStats[] {
  const named = new Map<string, number>();
  const firstOfCode = new Map<string, string>();
  return fillers.all.map(({ name, code, fills, shortestTtl, longestTtl, ...others }) => {
    const { staleWhileRevalidate, tagged, ttlVaries, silentWriters } = others;
    const number = (named.get(name) ?? 0) + 1;
    named.set(name, number);
    const by = number === 1 ? name : `${name} #${number}`;
    const sameCodeAs = firstOfCode.get(code);
    if (sameCodeAs === undefined) firstOfCode.set(code, by);
    return {
      by,
      fills,
      shortestTtl,
      longestTtl,
      staleWhileRevalidate,
      tagged,
      ...(ttlVaries && { ttlVaries }),
      ...(sameCodeAs !== undefined && { sameCodeAs }),
      ...(silentWriters.length > 0 && { silentWriters }),
    };
  });
}

function reloadsOf({ observations }: Tally): ReloadStats {
  const sumOf = (name: keyof Observations) => observations.reduce((sum, observed) => sum + observed[name], 0);
  return { count: sumOf('loads'), changed: sumOf('changed'), ages: sumOf('ages') };
}

function estimatesOf(tally: Tally): PatternEstimates {
  const { ended, unread, evictions, waitedAtExpiry, weighed, bytes } = tally;
  return {
    keys: weightOf(tally) === 1 ? tally.sampled : tally.keys.estimate,
    ...(weighed === 0 ? {} : { bytesPerEntry: bytes / weighed }),
    ended,
    unread,
    evictions,
    waitedAtExpiry,
  };
}
