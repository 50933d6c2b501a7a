import type { CacheKey } from '../keys/cache-key.js';
import type { GuardedTracing } from './guarded-tracing.js';
import type { GatheredLoad, LoadMode } from './load-job.js';
import { LoadingScope } from './loading-scope.js';
import type { LoadSlots, Turn } from './load-slots.js';
import { SharedTurn } from './shared-turn.js';
import type { Flight } from './single-flight.js';

type Mode = 'foreground' | 'background';

const MODES: readonly Mode[] = ['foreground', 'background'];

export interface GatheringOptions {
  /** In whose name loads run. */
  readonly owner: object;
  /** How many loads may follow. */
  readonly count: number;
  /** The most ids for one call of the method. */
  readonly batchSize: number;
  /** Calls the method for these ids: their values, in the same order. */
  readonly load: (ids: readonly unknown[]) => Promise<readonly unknown[]>;
  readonly tracing: GuardedTracing | undefined;
}

/** A load that waits for the call of the method. */
interface Waiting {
  readonly id: unknown;
  readonly position: number;
  readonly key: CacheKey | undefined;
  /** What those who join this load wait for; without a key nobody does. */
  readonly flight: object | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one call of a method that loads many values out of the loads of single keys. Each key is answered, locked and filled by
 * itself; but its load waits until it is decided of all keys whether they need one: found elsewhere, joined, waited for,
 * or to be loaded. Then the method is called once for those that callers wait for, and once for stale ones. Neither waits for
 * the other's: of two loads that need the same turn, one would wait for ever.
 */
export class Gathering {
  readonly #options: GatheringOptions;
  readonly #waiting: Record<Mode, Waiting[]> = { foreground: [], background: [] };
  readonly #turns: Partial<Record<Mode, SharedTurn>> = {};
  #members = 0;
  /** Of how many nobody knows yet which of the two they need, if any. */
  #unknown: number;
  readonly #undecided: Record<Mode, number> = { foreground: 0, background: 0 };
  readonly #scheduled: Record<Mode, boolean> = { foreground: false, background: false };

  constructor(options: GatheringOptions) {
    this.#options = options;
    this.#unknown = options.count;
  }

  /** To be called `count` times, once for each id. */
  member(id: unknown): GatheredLoad {
    this.#members += 1;
    return new Member(id, this.#members, this);
  }

  /** @internal One more may follow in `mode`, and in no other. */
  expect(mode: Mode): void {
    this.#undecided[mode] += 1;
    this.#unknown -= 1;
    this.#loadDecided();
  }

  /** @internal One less may follow: in `mode`, where that was known. */
  decide(mode: Mode | undefined): void {
    if (mode === undefined) this.#unknown -= 1;
    else this.#undecided[mode] -= 1;
    this.#loadDecided();
  }

  /** @internal What comes after all was decided, as another process did not load after all, is gathered by the turn of the event loop. */
  enqueue(waiting: Waiting, mode: Mode): void {
    this.#waiting[mode].push(waiting);
    if (!this.#isDecided(mode) || this.#scheduled[mode]) return;
    this.#scheduled[mode] = true;
    setImmediate(() => {
      this.#scheduled[mode] = false;
      this.#loadAll(mode);
    });
  }

  /** @internal To the source all loads together are one: they share a turn. */
  turn(slots: LoadSlots, mode: Mode): Turn {
    const current = this.#turns[mode];
    const turn = current === undefined || current.isOver ? new SharedTurn(slots.take()) : current;
    this.#turns[mode] = turn;
    return turn.hold();
  }

  #isDecided(mode: Mode): boolean {
    return this.#unknown === 0 && this.#undecided[mode] === 0;
  }

  #loadDecided(): void {
    for (const mode of MODES) if (this.#isDecided(mode) && !this.#scheduled[mode]) this.#loadAll(mode);
  }

  #loadAll(mode: Mode): void {
    const waiting = this.#waiting[mode].splice(0).sort((one, other) => one.position - other.position);
    const { batchSize } = this.#options;
    for (let from = 0; from < waiting.length; from += batchSize) {
      void this.#loadTogether(waiting.slice(from, from + batchSize), mode);
    }
  }

  /** Where none of them has a key, the cache has no part in it. */
  #traced<T>(batch: readonly Waiting[], mode: Mode, load: () => T): T {
    const { tracing } = this.#options;
    const keys = keysOf(batch);
    const pattern = keys[0]?.pattern;
    if (tracing === undefined || pattern === undefined) return load();
    const loads = batch.flatMap(({ flight }) => flight ?? []);
    const about = { pattern, keys: keys.length, background: mode === 'background', loads };
    return tracing.trace({ kind: 'load', ...about }, load);
  }

  async #loadTogether(batch: readonly Waiting[], mode: Mode): Promise<void> {
    const { owner, load } = this.#options;
    const scope = new LoadingScope(owner, new Set(keysOf(batch).map(({ text }) => text)));
    // Where the method never settles, nothing else would end it.
    scope.giveUp();
    try {
      const loadAll = () => scope.run(() => load(batch.map(({ id }) => id)));
      const values = await this.#traced(batch, mode, loadAll);
      for (const [index, { resolve }] of batch.entries()) resolve(values[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      scope.end();
    }
  }
}

function keysOf(batch: readonly Waiting[]): CacheKey[] {
  return batch.flatMap(({ key }) => key ?? []);
}

class Member implements GatheredLoad {
  readonly #id: unknown;
  readonly #position: number;
  readonly #gathering: Gathering;
  #key: CacheKey | undefined;
  #flight: object | undefined;
  /** What its load will be, once that is known. */
  #mode: Mode | undefined;
  #decided = false;

  constructor(id: unknown, position: number, gathering: Gathering) {
    this.#id = id;
    this.#position = position;
    this.#gathering = gathering;
  }

  began(key: CacheKey, flight: Pick<Flight<unknown>, 'outcome'>, mode: LoadMode): void {
    this.#key = key;
    this.#flight = flight;
    if (!this.#decided && this.#mode === undefined) {
      this.#mode = modeOf(mode);
      this.#gathering.expect(this.#mode);
    }
    const decide = () => {
      this.decide();
    };
    flight.outcome.then(decide, decide);
  }

  placed(): void {
    if (this.#key === undefined) this.decide();
  }

  decide(): void {
    if (this.#decided) return;
    this.#decided = true;
    this.#gathering.decide(this.#mode);
  }

  /** A refresh goes on, and decides for itself. */
  answered(): void {
    if (this.#mode !== 'background') this.decide();
  }

  load(mode: LoadMode): Promise<unknown> {
    const value = new Promise<unknown>((resolve, reject) => {
      const about = { id: this.#id, position: this.#position, key: this.#key, flight: this.#flight };
      this.#gathering.enqueue({ ...about, resolve, reject }, modeOf(mode));
    });
    this.decide();
    return value;
  }

  turn(slots: LoadSlots, mode: LoadMode): Turn {
    return this.#gathering.turn(slots, modeOf(mode));
  }
}

function modeOf(mode: LoadMode): Mode {
  return mode === 'background' ? mode : 'foreground';
}
