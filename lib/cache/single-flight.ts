import type { Awaitable, FillResult } from '../stores/store.js';
import { now } from '../time/clock.js';

/** How the fill after a load ended; `unfilled` when there was none, or nobody can tell; `found` when nothing was loaded. */
export type FillOutcome = FillResult | 'unfilled' | 'found';

/** What a load yields to those who called for it. */
export interface Loaded {
  /** For the caller that began the load. */
  readonly value: unknown;
  /** For each that joined it. */
  readonly copy: () => unknown;
  /** Known, or settled, when the value is stored, or not; never rejects. */
  readonly filled: Awaitable<FillOutcome>;
}

/** One load in flight. */
export class Flight<T> {
  readonly startedAt = now();
  /** Its key was invalidated after it began: nobody may join it, and it may fill nothing. */
  detached = false;
  /** How many calls joined it. */
  joined = 0;
  /** Its value is about to be handed out, and there will be no copy for anybody who joins now. */
  closed = false;
  outcome!: Promise<T>;
}

/**
 * At most one load of a key at a time in this process. A flight leaves when its work is done, when its key is
 * invalidated, or, for newcomers, when it has taken longer than any load may: one that hangs must not hang all calls to come.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #maxAge: number;

  constructor(maxAge: number) {
    this.#maxAge = maxAge;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** The flight of `key` that a call may join. */
  current(key: string): Flight<T> | undefined {
    const flight = this.#flights.get(key);
    if (flight === undefined || (!flight.closed && now() - flight.startedAt < this.#maxAge)) return flight;
    if (flight.closed) return undefined;
    this.detach(key);
    return undefined;
  }

  /** Registers a flight, then starts its work; it stays until `land` is called with it. */
  begin(key: string, work: (flight: Flight<T>) => Promise<T>): Flight<T> {
    const flight = new Flight<T>();
    this.#flights.set(key, flight);
    flight.outcome = work(flight);
    return flight;
  }

  /** The flight's work is done, its fill included: before anybody who waited for it goes on, where that is possible. */
  land(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  detach(key: string): void {
    const flight = this.#flights.get(key);
    if (flight === undefined) return;
    flight.detached = true;
    this.#flights.delete(key);
  }

  detachAll(): void {
    for (const key of [...this.#flights.keys()]) this.detach(key);
  }
}
