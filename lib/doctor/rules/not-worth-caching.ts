import type { CacheStats } from '../../cache/cache-stats.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import { estimateAt, longestTtl, meanLoad, percent } from '../figures.js';
import { bytes, count, milliseconds, share, type Evidence, type Symptom } from '../finding.js';
import { patternRule } from '../rule.js';

const FEWEST_ENTRIES = 50;
const MOST_UNREAD = 0.8;
/** With more hits than this, now or at another ttl, those entries that are read may be worth all others. */
const FEW_HITS = 0.3;
/** Where another ttl would give so much more, it may be the ttl that is wrong (`ttl-too-short`). */
const LEAST_GAIN = 0.1;

/** In milliseconds: no round trip to another process takes less. */
const QUICK = 0.1;
const FEWEST_LOADS = 50;
const FEWEST_UNWANTED = 50;

/** What is kept costs more than it spares. */
export const notWorthCaching = patternRule(
  'not-worth-caching',
  (pattern, stats) => rarelyRead(pattern, stats) ?? neverStored(pattern) ?? quickToLoad(pattern),
);

function rarelyRead(pattern: PatternStats, stats: CacheStats): Symptom | undefined {
  const { ended, unread, bytesPerEntry } = pattern.estimates;
  const unreadShare = unread / Math.max(1, ended);
  if (ended < FEWEST_ENTRIES || unreadShare < MOST_UNREAD || mayBeWorthIt(pattern)) return undefined;
  const mayBeReadElsewhere = isShared(stats);
  return {
    severity: mayBeReadElsewhere ? 'low' : 'medium',
    patterns: [pattern.pattern],
    summary: `Entries are kept that nobody asks this process for again: ${percent(unreadShare)} of those that have come to their end were never read.`,
    evidence: [
      count('entries that have come to their end', ended),
      count('of which nobody had read', unread),
      share('calls that were hits', pattern.hitRatio),
      milliseconds('time saved', pattern.timeSaved),
      ...sizeOf(bytesPerEntry, unread),
    ],
    advice:
      'Do not cache it; or, with `when` or `storeIf`, only what is asked for often.' +
      (mayBeReadElsewhere ? ' Unless other processes read what this one has filled: look at their figures too.' : ''),
  };
}

/** Now, or at another ttl. */
function mayBeWorthIt(pattern: PatternStats): boolean {
  const { hitRatio, ttlCurve } = pattern;
  const ttl = longestTtl(pattern);
  const present = (ttl === undefined ? undefined : estimateAt(ttlCurve, ttl)?.hitRatio) ?? hitRatio;
  const best = Math.max(present, ...ttlCurve.map((estimate) => estimate.hitRatio));
  return Math.max(hitRatio, best) > FEW_HITS || best - present >= LEAST_GAIN;
}

function sizeOf(bytesPerEntry: number | undefined, unread: number): Evidence[] {
  return bytesPerEntry === undefined ? [] : [bytes('kept for nothing, in all', bytesPerEntry * unread)];
}

/** Do other processes read what this one has filled? */
function isShared({ memory, health }: CacheStats): boolean {
  return memory === undefined || health.l1 !== undefined;
}

function neverStored({ pattern, fills, unwantedFills, loads }: PatternStats): Symptom | undefined {
  if (fills > 0 || unwantedFills < FEWEST_UNWANTED) return undefined;
  return {
    severity: 'medium',
    patterns: [pattern],
    summary:
      'No value is ever stored, as `storeIf`, or a ttl of 0, says so of each: every call asks the store for nothing.',
    evidence: [count('loads', loads.count), count('values that were not wanted', unwantedFills)],
    advice: 'Look at `storeIf`, and at the function that gives the ttl; if they are right, do not cache it.',
  };
}

function quickToLoad(pattern: PatternStats): Symptom | undefined {
  const { loads, sharedHits, localHits } = pattern;
  if (loads.count < FEWEST_LOADS || sharedHits <= localHits || meanLoad(pattern) >= QUICK) return undefined;
  return {
    severity: 'low',
    patterns: [pattern.pattern],
    summary: 'The method takes less time than the way to the store and back.',
    evidence: [
      milliseconds('a load takes on average', meanLoad(pattern)),
      count('hits from the shared store', sharedHits),
    ],
    advice: 'Do not cache it; or in the memory of this process alone, with a cache of its own over a `MemoryStore`.',
  };
}
