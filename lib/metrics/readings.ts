import { checkCount, invalidOption } from '../errors.js';
import { PatternLabels } from './pattern-labels.js';
import { readingOf, type MeasuredCache, type Reading } from './reading.js';

/** So many patterns have a label of their own, unless told otherwise: each makes some forty series. */
export const MOST_PATTERNS = 100;

/** Caches that are read together. */
export class Readings {
  readonly #caches: readonly (readonly [MeasuredCache, PatternLabels])[];
  #ofThisTurn: readonly Reading[] | undefined;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` for what is no cache, and for two of one name, whose figures nobody could tell apart */
  constructor(caches: MeasuredCache | readonly MeasuredCache[], maxPatterns: number = MOST_PATTERNS) {
    const most = checkCount('maxPatterns', maxPatterns);
    this.#caches = checkCaches(caches).map((cache) => [cache, new PatternLabels(most)]);
  }

  /** Asks each cache once. */
  now(): readonly Reading[] {
    return this.#caches.map(([cache, labels]) => readingOf(cache, labels));
  }

  /** {@link now}, once for all who ask before anything else can happen: each metric is asked for by itself. */
  get ofThisTurn(): readonly Reading[] {
    if (this.#ofThisTurn === undefined) {
      this.#ofThisTurn = this.now();
      queueMicrotask(() => {
        this.#ofThisTurn = undefined;
      });
    }
    return this.#ofThisTurn;
  }
}

function checkCaches(given: MeasuredCache | readonly MeasuredCache[]): readonly MeasuredCache[] {
  const caches: readonly MeasuredCache[] = isList(given) ? given : [given];
  const names = new Set<string>();
  for (const cache of caches) {
    if (!isCache(cache)) throw invalidOption('caches', 'a cache, or a list of caches', cache);
    if (names.has(cache.name)) throw invalidOption('caches', 'caches with names of their own', cache.name);
    names.add(cache.name);
  }
  return [...caches];
}

function isList(given: MeasuredCache | readonly MeasuredCache[]): given is readonly MeasuredCache[] {
  return Array.isArray(given);
}

function isCache(value: unknown): value is MeasuredCache {
  const { name, stats } = (value ?? {}) as Partial<Record<keyof MeasuredCache, unknown>>;
  return typeof name === 'string' && typeof stats === 'function';
}
