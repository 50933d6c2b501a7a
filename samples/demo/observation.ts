import type { Row, Source } from './source.js';

/** What one way of caching did in one play. */
export interface Measurement {
  readonly sourceLoads: number;
  readonly wrongValues: number;
  /** In milliseconds. */
  readonly slowestCall: number;
  /** Entries in the cache when the play was over. */
  readonly entriesKept: number;
}

/** Watches calls from outside: how long each took, and whether its answer was right. */
export class Observation {
  readonly source: Source;
  readonly #expected = new Map<string, number>();
  #wrongValues = 0;
  #slowestCall = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** From now on, who asks for `id` must get at least its present version: its write is over, caches were told. */
  written(id: string): void {
    this.#expected.set(id, this.source.versionOf(id));
  }

  async call(id: string, find: () => Promise<Row>): Promise<void> {
    const expected = this.#expected.get(id) ?? 1;
    const startedAt = performance.now();
    const row = await find();
    this.#slowestCall = Math.max(this.#slowestCall, performance.now() - startedAt);
    if (row.id !== id || row.version < expected) this.#wrongValues += 1;
  }

  measured(entriesKept: number): Measurement {
    return {
      sourceLoads: this.source.loads,
      wrongValues: this.#wrongValues,
      slowestCall: this.#slowestCall,
      entriesKept,
    };
  }
}
