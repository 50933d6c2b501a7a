/** What tells when a fresh entry is to be refreshed before it is stale. */
export interface EarlyTerms {
  /** How long its load took, in milliseconds. */
  readonly loadTook: number;
  /** Its ttl, in milliseconds. */
  readonly ttl: number;
  /** The instant until which it is fresh, on the clock of this process. */
  readonly freshUntil: number;
}

/** The share of its ttl by which an entry is refreshed early at the most. */
const EARLIEST = 0.2;

/**
 * Is it due for a call at the instant `at`? By chance, and the more likely the closer it is to being stale, the longer its load
 * took, and the larger `beta` is: so of many calls about one will refresh, in time for the entry never to be stale (XFetch: A.
 * Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015).
 */
export function isDue({ loadTook, ttl, freshUntil }: EarlyTerms, beta: number, at: number): boolean {
  const left = freshUntil - at;
  return left <= ttl * EARLIEST && -Math.log(1 - Math.random()) * loadTook * beta >= left;
}

/** Is this entry of a later load than `seen` was? */
export function isRefreshed(now: EarlyTerms, seen: EarlyTerms): boolean {
  return now.freshUntil > seen.freshUntil + (seen.ttl * (1 - EARLIEST)) / 2;
}
