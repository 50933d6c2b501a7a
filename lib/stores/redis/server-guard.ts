import { CacheError } from '../../errors.js';
import type { BreakerState } from '../store.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';
import { Deadline } from './deadline.js';

/** What stands between the store and one server: each command has a deadline, and none is sent while the breaker is open. */
export class ServerGuard {
  readonly deadline: Deadline;
  readonly #breaker: CircuitBreaker;

  constructor(options: CircuitBreakerOptions) {
    this.#breaker = new CircuitBreaker(options);
    this.deadline = new Deadline(options.deadline, {
      refusal: (operation) => this.refusalOf(operation),
      answered: () => {
        this.#breaker.answered();
      },
      failed: () => {
        this.#breaker.failed();
      },
    });
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** The reason why `operation` is not to be sent now, if there is one. */
  refusalOf(operation: string): CacheError | undefined {
    if (this.#breaker.admits(operation)) return undefined;
    const message = `Expected Redis to be available for \`${operation}\`: it did not answer, and has not yet again`;
    return new CacheError('ERR_CACHE_STORE_UNAVAILABLE', message);
  }
}
