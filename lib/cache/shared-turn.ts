import type { Turn } from './load-slots.js';

/** One turn that several loads hold, and which is over once none of them does. */
export class SharedTurn {
  readonly #turn: Turn;
  #holders = 0;
  #over = false;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  get isOver(): boolean {
    return this.#over;
  }

  hold(): Turn {
    let holds = true;
    this.#holders += 1;
    return {
      begun: () => this.#turn.begun(),
      hurry: () => {
        this.#turn.hurry();
      },
      end: () => {
        if (holds) this.#release();
        holds = false;
      },
    };
  }

  #release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#over = true;
    this.#turn.end();
  }
}
