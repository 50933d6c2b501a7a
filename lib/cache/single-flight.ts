import type { Awaitable } from '../awaitable.js';
import type { FillResult } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { Turn } from './load-slots.js';

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

export type FlightOptions = Pick<Flight<unknown>, 'tags' | 'anew'>;

/** How many tags a flight remembers that it must not fill with: beyond these it may fill nothing at all. */
const MOST_SUSPECTS = 1_000;

/** One load in flight. */
export class Flight<T> {
  /** Its key was invalidated after it began: nobody may join it, and it may fill nothing. */
  detached = false;
  /** It took too long; how it ends is nobody's business but its callers'. */
  givenUp = false;
  /** How many calls joined it. */
  joined = 0;
  /** Its value is about to be handed out, and there will be none for anybody who joins now. */
  closed = false;
  /** Its fill is under way: when a call joins, it may have been applied already, and undone by an invalidation elsewhere. */
  filling = false;
  /** The tags that it will fill with; `undefined` where its value tells them. */
  readonly tags: readonly string[] | undefined;
  /** Was it begun for the sake of a new value, whatever was there? */
  readonly anew: boolean;
  /** It waits for its turn, or has it; absent where loads need none. */
  turn: Turn | undefined;
  outcome!: Promise<T>;
  readonly #key: string;
  readonly #flights: SingleFlight<T>;
  #whenOverdue: (() => void) | undefined;
  /** Tags that were invalidated while nobody knew whether its value tells them. */
  #suspects: Set<string> | undefined;
  #whenDetached: (() => void) | undefined;
  #loadingSince: number | undefined;

  constructor(key: string, { tags, anew }: FlightOptions, flights: SingleFlight<T>) {
    this.tags = tags;
    this.anew = anew;
    this.#key = key;
    this.#flights = flights;
  }

  /** The method is about to be called: only from here on does it count how long it takes. When it is overdue, `release` lets go of all that it holds. */
  beginLoading(release: () => void): void {
    this.#loadingSince = now();
    this.#whenOverdue = release;
    this.#flights.loads(this);
  }

  /** Its work is done, its fill included: before anybody who waited for it goes on, where that is possible. */
  land(): void {
    this.#flights.remove(this.#key, this);
  }

  /** In milliseconds, so far. */
  get loadTook(): number {
    return this.#loadingSince === undefined ? 0 : now() - this.#loadingSince;
  }

  hasLoadedFor(milliseconds: number): boolean {
    return this.#loadingSince !== undefined && now() - this.#loadingSince >= milliseconds;
  }

  /** `then` is called at once where it is detached already. */
  onDetached(then: () => void): void {
    if (this.detached) then();
    else this.#whenDetached = then;
  }

  detach(): void {
    this.detached = true;
    this.#whenDetached?.();
    this.#whenDetached = undefined;
  }

  /** With one of these tags it may fill nothing. */
  suspect(tags: readonly string[]): void {
    const suspects = (this.#suspects ??= new Set());
    for (const tag of tags) suspects.add(tag);
    if (suspects.size > MOST_SUSPECTS) this.detach();
  }

  mayFillWith(tags: readonly string[]): boolean {
    return !this.detached && !tags.some((tag) => this.#suspects?.has(tag) === true);
  }

  /** It has taken longer than any load may: it may still answer its callers, and nothing else is held for it. */
  giveUp(): void {
    this.detached = true;
    this.givenUp = true;
    this.land();
    this.#whenOverdue?.();
  }
}

/**
 * At most one load of a key at a time in this process. A flight leaves when its work is done, when its key is
 * invalidated, or, for newcomers, when it has taken longer than any load may: one that hangs must not hang all calls to come.
 */
export class SingleFlight<T> {
  /** Those that a call may join. */
  readonly #flights = new Map<string, Flight<T>>();
  /** Those that nobody may join any more, though they may fill, if their values tell no tag that was invalidated meanwhile. */
  readonly #setAside = new Map<string, Set<Flight<T>>>();
  /** All that have not landed. */
  readonly #underWay = new Set<Flight<T>>();
  /** Those of them that load, in the order in which they began to. */
  readonly #loading = new Set<Flight<T>>();
  readonly #maxAge: number;

  constructor(maxAge: number) {
    this.#maxAge = maxAge;
  }

  /** How many of its loads are running. */
  get running(): number {
    return this.#loading.size;
  }

  get underWay(): ReadonlySet<Flight<T>> {
    return this.#underWay;
  }

  /** The flight of `key` that a call may join. */
  current(key: string): Flight<T> | undefined {
    const flight = this.#flights.get(key);
    if (flight === undefined || (!flight.closed && !flight.hasLoadedFor(this.#maxAge))) return flight;
    if (!flight.closed) this.detach(key);
    return undefined;
  }

  /** Registers a flight, then starts its work; it stays until it lands. */
  begin(key: string, options: FlightOptions, work: (flight: Flight<T>) => Promise<T>): Flight<T> {
    const flight = new Flight<T>(key, options, this);
    this.#underWay.add(flight);
    const former = this.#flights.get(key);
    if (former !== undefined) this.#putAside(key, former);
    this.#flights.set(key, flight);
    flight.outcome = work(flight);
    return flight;
  }

  /** @internal For the flight alone. */
  loads(flight: Flight<T>): void {
    this.#loading.add(flight);
  }

  /** @internal For the flight alone. */
  remove(key: string, flight: Flight<T>): void {
    this.#underWay.delete(flight);
    this.#loading.delete(flight);
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    const aside = this.#setAside.get(key);
    if (aside?.delete(flight) === true && aside.size === 0) this.#setAside.delete(key);
  }

  detach(key: string): void {
    this.#flights.get(key)?.detach();
    this.#flights.delete(key);
    for (const flight of this.#setAside.get(key) ?? []) flight.detach();
    this.#setAside.delete(key);
  }

  /** Those of which nobody knows yet what tags they will have might have these. */
  detachTags(tags: readonly string[]): void {
    for (const [key, flight] of [...this.#flights]) {
      if (flight.tags === undefined) this.#putAside(key, flight);
      else if (flight.tags.some((tag) => tags.includes(tag))) this.detach(key);
    }
    for (const flights of this.#setAside.values()) for (const flight of flights) flight.suspect(tags);
  }

  detachAll(): void {
    for (const key of [...this.#flights.keys(), ...this.#setAside.keys()]) this.detach(key);
  }

  #putAside(key: string, flight: Flight<T>): void {
    this.#flights.delete(key);
    const aside = this.#setAside.get(key);
    if (aside === undefined) this.#setAside.set(key, new Set([flight]));
    else aside.add(flight);
  }

  /** Lets go of all that have taken longer than any load may. */
  giveUpOverdue(): void {
    for (const flight of this.#loading) {
      if (!flight.hasLoadedFor(this.#maxAge)) return;
      flight.giveUp();
    }
  }
}
