import type { Fingerprint } from './fingerprint.js';

/** A value with fewer parts may be under two patterns by chance. */
const FEWEST_LEAVES = 3;

/** Two patterns under which the same values were found. */
export interface SharedPatterns {
  readonly patterns: readonly [string, string];
  /** How many loads of one found a value that the other had been seen with last; further loads of the same value are not counted. */
  readonly loads: number;
}

/**
 * Which patterns keep the same values? Bounded: what is remembered of values is forgotten when there are too many. A value counts once, for
 * one that many things have, as an empty page, says nothing of them.
 */
export class SharedValues {
  readonly #capacity: number;
  readonly #patternOf = new Map<number, string>();
  /** Values that were counted. */
  readonly #counted = new Set<number>();
  readonly #counts = new Map<string, { patterns: [string, string]; loads: number }>();

  /** So many values, and pairs of patterns. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add({ hash, leaves }: Fingerprint, pattern: string): void {
    if (leaves < FEWEST_LEAVES) return;
    const former = this.#patternOf.get(hash);
    if (former === pattern) return;
    if (former !== undefined && !this.#counted.has(hash)) {
      if (this.#counted.size >= this.#capacity) this.#counted.clear();
      this.#counted.add(hash);
      this.#count(former, pattern);
    }
    if (this.#patternOf.size >= this.#capacity) this.#patternOf.clear();
    this.#patternOf.set(hash, pattern);
  }

  get all(): SharedPatterns[] {
    return [...this.#counts.values()];
  }

  #count(one: string, other: string): void {
    const patterns: [string, string] = one < other ? [one, other] : [other, one];
    const name = patterns.join('\n');
    const known = this.#counts.get(name);
    if (known !== undefined) known.loads += 1;
    else if (this.#counts.size < this.#capacity) this.#counts.set(name, { patterns, loads: 1 });
  }
}
