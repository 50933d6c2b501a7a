import type { CacheStats } from '../cache/cache-stats.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import type { LabelledPattern, PatternLabels } from './pattern-labels.js';

/** Of a cache: what metrics need to know. */
export interface MeasuredCache {
  readonly name: string;
  stats(): CacheStats;
}

/** What a cache says at one moment. */
export interface Reading {
  readonly cache: string;
  readonly stats: CacheStats;
  /** Its patterns, by the labels that they have. */
  readonly patterns: readonly LabelledPattern[];
  readonly findings: readonly Finding[];
}

/** Asks the cache once. */
export function readingOf(cache: MeasuredCache, labels: PatternLabels): Reading {
  const stats = cache.stats();
  return { cache: cache.name, stats, patterns: labels.of(stats.patterns), findings: examine(stats) };
}
