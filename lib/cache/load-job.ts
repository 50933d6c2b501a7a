import type { EarlyTerms } from '../entry/early.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { FilledBy } from '../statistics/fillers.js';
import type { Tally } from '../statistics/tally.js';
import type { LoadSlots, Turn } from './load-slots.js';
import type { CachePolicy } from './policy.js';
import type { Flight } from './single-flight.js';
import type { Wanted } from './wanted.js';

export type CalledMethod = (...args: never[]) => unknown;

/**
 * `foreground`: a caller waits. `background`: it refreshes a stale entry. `bypass`: without the store. `anew`: a caller waits, and
 * whatever is stored, or being loaded, will not do.
 */
export type LoadMode = 'foreground' | 'background' | 'bypass' | 'anew';

/** One load among many that become one call of a method (`gathering.ts`). */
export interface GatheredLoad {
  /** A flight of its own has begun, which decides whether there is anything to load. */
  began(key: CacheKey, flight: Pick<Flight<unknown>, 'outcome'>, mode: LoadMode): void;
  /** Its call is on its way: if no flight has begun for it, none will for now. */
  placed(): void;
  /** It needs no load, or not yet. */
  decide(): void;
  /** Its call is over. */
  answered(): void;
  /** Its value, from a call for all that need one. */
  load(mode: LoadMode): Promise<unknown>;
  turn(slots: LoadSlots, mode: LoadMode): Turn;
}

/** A method as reports speak of it, by an instance on which it is called. */
export interface KnownMethod {
  filledBy(self: unknown): FilledBy;
}

/** The method behind a call, not yet called. */
export interface Loader {
  readonly method: CalledMethod;
  readonly known: KnownMethod;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** The key that the arguments make now: an object among them may have been changed since the call. */
  readonly keyNow: () => CacheKey;
}

/** All that is known about a load before it begins. */
export interface LoadJob {
  readonly key: CacheKey;
  readonly policy: CachePolicy;
  readonly loader: Loader;
  readonly gathered?: GatheredLoad | undefined;
  /** The fresh entry that is refreshed early; absent elsewhere. */
  readonly early?: EarlyTerms;
  /** The entry that would do. */
  readonly wanted: Wanted;
  readonly mode: LoadMode;
  /** Is a refresh of the same key under way in this process? */
  readonly behindRefresh?: boolean;
  /** Where all that happens to its key is counted. */
  readonly tally: Tally;
}
