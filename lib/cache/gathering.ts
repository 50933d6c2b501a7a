import type { GatheredLoad, LoadMode } from './load-job.js';
import { LoadingScope } from './loading-scope.js';
import type { LoadSlots, Turn } from './load-slots.js';
import { SharedTurn } from './shared-turn.js';

type Mode = 'foreground' | 'background';

export interface GatheringOptions {
  /** In whose name loads run. */
  readonly owner: object;
  /** How many loads may follow. */
  readonly count: number;
  /** The most ids for one call of the method. */
  readonly batchSize: number;
  /** Calls the method for these ids: their values, in the same order. */
  readonly load: (ids: readonly unknown[]) => Promise<readonly unknown[]>;
}

/** A load that waits for the call of the method. */
interface Waiting {
  readonly id: unknown;
  readonly position: number;
  readonly key: string | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one call of a method that loads many values out of the loads of single keys. Each key is answered, locked and filled by
 * itself; but its load waits until it is decided of all keys whether they need one: found elsewhere, joined, waited for,
 * or to be loaded. Then the method is called once for those that callers wait for, and once for stale ones.
 */
export class Gathering {
  readonly #options: GatheringOptions;
  readonly #waiting: Record<Mode, Waiting[]> = { foreground: [], background: [] };
  readonly #turns: Partial<Record<Mode, SharedTurn>> = {};
  #members = 0;
  #undecided: number;
  #scheduled = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
    this.#undecided = options.count;
  }

  /** To be called `count` times, once for each id. */
  member(id: unknown): GatheredLoad {
    this.#members += 1;
    return new Member(id, this.#members, this);
  }

  /** @internal One less may follow. */
  decide(): void {
    this.#undecided -= 1;
    if (this.#undecided === 0) this.#loadAll();
  }

  /** @internal What comes after all was decided, as another process did not load after all, is gathered by the turn of the event loop. */
  enqueue(waiting: Waiting, mode: Mode): void {
    this.#waiting[mode].push(waiting);
    if (this.#undecided > 0 || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#loadAll();
    });
  }

  /** @internal To the source all loads together are one: they share a turn. */
  turn(slots: LoadSlots, mode: Mode): Turn {
    const current = this.#turns[mode];
    const turn = current === undefined || current.isOver ? new SharedTurn(slots.take()) : current;
    this.#turns[mode] = turn;
    return turn.hold();
  }

  #loadAll(): void {
    for (const mode of ['foreground', 'background'] as const) {
      const waiting = this.#waiting[mode].splice(0).sort((one, other) => one.position - other.position);
      const { batchSize } = this.#options;
      for (let from = 0; from < waiting.length; from += batchSize) {
        void this.#loadTogether(waiting.slice(from, from + batchSize));
      }
    }
  }

  async #loadTogether(batch: readonly Waiting[]): Promise<void> {
    const { owner, load } = this.#options;
    const scope = new LoadingScope(owner, new Set(batch.flatMap(({ key }) => (key === undefined ? [] : [key]))));
    try {
      const values = await scope.run(() => load(batch.map(({ id }) => id)));
      for (const [index, { resolve }] of batch.entries()) resolve(values[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      scope.end();
    }
  }
}

class Member implements GatheredLoad {
  readonly #id: unknown;
  readonly #position: number;
  readonly #gathering: Gathering;
  #key: string | undefined;
  #decided = false;

  constructor(id: unknown, position: number, gathering: Gathering) {
    this.#id = id;
    this.#position = position;
    this.#gathering = gathering;
  }

  began(key: string, outcome: Promise<unknown>): void {
    this.#key = key;
    const decide = () => {
      this.decide();
    };
    outcome.then(decide, decide);
  }

  placed(): void {
    if (this.#key === undefined) this.decide();
  }

  decide(): void {
    if (this.#decided) return;
    this.#decided = true;
    this.#gathering.decide();
  }

  load(mode: LoadMode): Promise<unknown> {
    const value = new Promise<unknown>((resolve, reject) => {
      const waiting = { id: this.#id, position: this.#position, key: this.#key, resolve, reject };
      this.#gathering.enqueue(waiting, mode === 'background' ? mode : 'foreground');
    });
    this.decide();
    return value;
  }

  turn(slots: LoadSlots, mode: LoadMode): Turn {
    return this.#gathering.turn(slots, mode === 'background' ? mode : 'foreground');
  }
}
