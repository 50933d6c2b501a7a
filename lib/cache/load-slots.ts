import { timerLength } from '../time/timers.js';

/** Bounds how many loads of a cache run at once; the others wait for their turn, first come, first served. */
export class LoadSlots {
  readonly #atMost: number;
  readonly #maxLoad: number;
  readonly #giveUpOverdue: () => void;
  readonly #waiting = new Set<SlotTurn>();
  readonly #running = new Set<SlotTurn>();
  #timer: NodeJS.Timeout | undefined;

  /** `giveUpOverdue` is called while loads wait, as those that run may have taken longer than `maxLoad` milliseconds. */
  constructor(atMost: number, maxLoad: number, giveUpOverdue: () => void) {
    this.#atMost = atMost;
    this.#maxLoad = maxLoad;
    this.#giveUpOverdue = giveUpOverdue;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  take(): Turn {
    const turn = new SlotTurn(this);
    if (this.#running.size < this.#atMost) {
      this.begin(turn);
    } else {
      this.#waiting.add(turn);
      this.#watch();
    }
    return turn;
  }

  begin(turn: SlotTurn): void {
    this.#waiting.delete(turn);
    this.#running.add(turn);
    turn.onBegin();
  }

  end(turn: SlotTurn): void {
    this.#waiting.delete(turn);
    this.#running.delete(turn);
    for (const next of this.#waiting) {
      if (this.#running.size >= this.#atMost) return;
      this.begin(next);
    }
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#giveUpOverdue();
      if (this.waiting > 0) this.#watch();
    }, timerLength(this.#maxLoad)).unref();
  }
}

/** One load's turn. */
export interface Turn {
  /** Absent where there is nothing to wait for. */
  begun(): Promise<void> | undefined;
  /** A load that waits for this one keeps its own slot from being used: this one begins in its place. */
  hurry(): void;
  end(): void;
}

class SlotTurn implements Turn {
  readonly #slots: LoadSlots;
  readonly #toTell: (() => void)[] = [];
  #state: 'waits' | 'runs' | 'is over' = 'waits';

  constructor(slots: LoadSlots) {
    this.#slots = slots;
  }

  begun(): Promise<void> | undefined {
    if (this.#state !== 'waits') return undefined;
    return new Promise((resolve) => {
      this.#toTell.push(resolve);
    });
  }

  hurry(): void {
    if (this.#state === 'waits') this.#slots.begin(this);
  }

  end(): void {
    if (this.#state === 'is over') return;
    this.#state = 'is over';
    this.#slots.end(this);
  }

  /** @internal For the slots alone. */
  onBegin(): void {
    this.#state = 'runs';
    for (const tell of this.#toTell.splice(0)) tell();
  }
}
