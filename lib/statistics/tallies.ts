import { Tally } from './tally.js';

/** Under this name all patterns are counted that come when there are as many as may be told apart. No key pattern has it. */
export const OTHER_PATTERNS = '{others}';

/** The tallies of a cache, by pattern, bounded. */
export class Tallies {
  readonly #byPattern = new Map<string, Tally>();
  readonly #most: number;
  #others: Tally | undefined;
  /** Of keys that somebody has typed, which no method declares. Shown to nobody. */
  readonly #undeclared = new Tally(OTHER_PATTERNS);

  constructor(most: number) {
    this.#most = most;
  }

  of(pattern: string): Tally {
    return this.#byPattern.get(pattern) ?? this.#begin(pattern);
  }

  all(): Tally[] {
    return [...this.#byPattern.values(), ...(this.#others === undefined ? [] : [this.#others])];
  }

  #begin(pattern: string): Tally {
    if (pattern === OTHER_PATTERNS) return this.#undeclared;
    if (this.#byPattern.size >= this.#most) return (this.#others ??= new Tally(OTHER_PATTERNS));
    const tally = new Tally(pattern);
    this.#byPattern.set(pattern, tally);
    return tally;
  }
}
