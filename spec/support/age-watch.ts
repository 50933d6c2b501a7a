import type { Cache, CacheKey } from 'freshkeep';

/** How old what is served is: for how long it was known to all that a key had been invalidated, when it was asked for. */
export class AgeWatch {
  readonly #applied = new Map<string, { readonly version: number; readonly at: number }[]>();
  readonly #version: () => number;
  #oldest = 0;

  /** `version`: what the source holds. `writer` invalidates: what it could not apply counts from when it was replayed. */
  constructor(writer: Cache, version: () => number) {
    this.#version = version;
    writer.on('invalidate', ({ key }) => {
      this.#note(key);
    });
    writer.on('invalidation-replayed', ({ keys }) => {
      if (keys !== 'all') for (const key of keys) this.#note(key);
    });
  }

  /** In milliseconds: the longest after an invalidation that a value from before it was given to a call. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Passes the call on. */
  async watch(key: CacheKey, find: () => Promise<number>): Promise<number> {
    const from = performance.now();
    const version = await find();
    const newer = this.#applied.get(key.text)?.find((applied) => applied.version > version && applied.at <= from);
    if (newer !== undefined) this.#oldest = Math.max(this.#oldest, from - newer.at);
    return version;
  }

  #note(key: string): void {
    const applied = this.#applied.get(key) ?? [];
    applied.push({ version: this.#version(), at: performance.now() });
    this.#applied.set(key, applied);
  }
}
