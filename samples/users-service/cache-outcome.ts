import { AsyncLocalStorage } from 'node:async_hooks';

import type { Cache } from 'freshkeep';

/** How the cache answered a call. A call that joined another one's load is a miss: it had to wait for the source. */
export type CacheOutcome = 'hit' | 'stale' | 'miss';

/**
 * Tells how the cache answered what runs within `observe`. Events are emitted in the async context of the call that they
 * are about, so each request finds its own.
 */
export class CacheOutcomes {
  readonly #calls = new AsyncLocalStorage<{ outcome: CacheOutcome }>();

  constructor(cache: Cache) {
    cache
      .on('hit', () => {
        this.#note('hit');
      })
      .on('stale-hit', () => {
        this.#note('stale');
      });
  }

  /** The result of `call`, which makes one cached call, with its outcome. */
  async observe<T>(call: () => Promise<T>): Promise<{ readonly result: T; readonly outcome: CacheOutcome }> {
    const noted: { outcome: CacheOutcome } = { outcome: 'miss' };
    const result = await this.#calls.run(noted, call);
    return { result, outcome: noted.outcome };
  }

  #note(outcome: CacheOutcome): void {
    const call = this.#calls.getStore();
    if (call !== undefined) call.outcome = outcome;
  }
}
