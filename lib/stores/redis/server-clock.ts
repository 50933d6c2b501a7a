import { now } from '../../time/clock.js';
import type { RedisClient } from './redis-client.js';

/** Clocks drift slowly. In milliseconds. */
const EVERY = 600_000;

/**
 * How far the clock of the server, of any one in a Cluster, is ahead of this process'. Nothing in the cache depends on it (I17); code of the user
 * that reckons with `Date` may, so reports tell. It is asked for beside a command that was answered, every ten minutes, and who may not ask is told nothing.
 */
export class ServerClock {
  readonly #client: RedisClient;
  #askAgainAt = -Infinity;
  #offset: number | undefined;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  /** In milliseconds, within half of a round trip; `undefined` where it is not known. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** The server has just answered. */
  answered(): void {
    if (now() < this.#askAgainAt) return;
    this.#askAgainAt = now() + EVERY;
    this.#ask().catch(() => {
      this.#offset = undefined;
    });
  }

  async #ask(): Promise<void> {
    const sentAt = Date.now();
    const [seconds, microseconds] = await this.#client.time();
    const here = (sentAt + Date.now()) / 2;
    this.#offset = Math.round(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - here);
  }
}
