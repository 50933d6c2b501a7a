import type { CacheHealth } from '../../cache/cache-options.js';
import type { CacheStats } from '../../cache/cache-stats.js';
import { examine } from '../../doctor/examine.js';
import type { Severity } from '../../doctor/finding.js';
import { Failure } from '../failure.js';
import type { StatsSource } from '../stats/stats-source.js';
import { intervalBetween, type Interval } from './interval.js';
import type { LastLooks } from './last-looks.js';

/** What was seen of one cache. */
export interface SeenCache {
  readonly cache: string;
  /** How long things have been counted in its process, in milliseconds. */
  readonly countedFor: number;
  readonly health: CacheHealth;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly interval: Interval;
}

/** One look at an endpoint: what it says, or why it says nothing. */
export type Look =
  { readonly at: number; readonly caches: readonly SeenCache[] } | { readonly at: number; readonly failure: Failure };

/** Never rejects, but for what is no failure of the endpoint. */
export async function lookAt(source: StatsSource, last: LastLooks, stop: AbortSignal): Promise<Look> {
  try {
    const all = await source.read(stop);
    return { at: Date.now(), caches: all.map((stats) => seen(stats, last)) };
  } catch (error) {
    if (error instanceof Failure) return { at: Date.now(), failure: error };
    throw error;
  }
}

function seen(stats: CacheStats, last: LastLooks): SeenCache {
  const { cache, countedFor, health } = stats;
  const findings = { high: 0, medium: 0, low: 0 };
  for (const { severity } of examine(stats)) findings[severity] += 1;
  return { cache, countedFor, health, findings, interval: intervalBetween(last.replace(stats), stats) };
}
