import type { Cache } from '../cache/cache.js';
import type { CacheStats } from '../cache/cache-stats.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { now } from '../time/clock.js';

/** What `GET` of the mount answers as JSON: for one cache this, for several a list. */
export interface CacheReport {
  readonly stats: CacheStats;
  readonly findings: readonly Finding[];
}

/** For so long, in milliseconds, all requests are answered by the same: however many pages are open, figures are collected twice a second. */
const SHARED_FOR = 500;

/** The reports of caches, each made at most twice a second. */
export class CacheReports {
  readonly #last = new WeakMap<Cache, { readonly madeAt: number; readonly report: CacheReport }>();

  of(cache: Cache): CacheReport {
    const last = this.#last.get(cache);
    if (last !== undefined && now() - last.madeAt < SHARED_FOR) return last.report;
    const stats = cache.stats();
    const report = { stats, findings: examine(stats) };
    this.#last.set(cache, { madeAt: now(), report });
    return report;
  }
}
