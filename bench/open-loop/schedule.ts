/** When calls are to be made, at a fixed rate; times are in milliseconds from the first one. */
export class Schedule {
  /** How many calls there are. */
  readonly calls: number;
  readonly #perSecond: number;

  constructor({ perSecond, milliseconds }: { readonly perSecond: number; readonly milliseconds: number }) {
    this.#perSecond = perSecond;
    this.calls = Math.floor((perSecond * milliseconds) / 1_000);
  }

  /** When the call with this index is to be made; the first has index 0. */
  startOf(index: number): number {
    return (index * 1_000) / this.#perSecond;
  }

  /** How many are to have been made by then. */
  dueBy(milliseconds: number): number {
    if (milliseconds < 0) return 0;
    return Math.min(this.calls, 1 + Math.floor((milliseconds * this.#perSecond) / 1_000));
  }
}
