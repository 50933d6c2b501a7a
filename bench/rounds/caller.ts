export type Call = (id: number) => Promise<unknown>;

export interface CallingTerms {
  readonly calls: number;
  readonly concurrency: number;
}

/** Goes on through the ids, from order to order, and begins again where they end. */
export class Caller {
  readonly #ids: Uint32Array;
  #next = 0;

  constructor(ids: Uint32Array) {
    this.#ids = ids;
  }

  /** Resolves once all calls have. */
  async run(call: Call, { calls, concurrency }: CallingTerms): Promise<void> {
    if (concurrency === 1) return this.#oneByOne(call, calls);
    let left = calls;
    const goOn = async () => {
      while (left > 0) {
        left -= 1;
        await call(this.#nextId());
      }
    };
    await Promise.all(Array.from({ length: concurrency }, goOn));
  }

  /** The plain loop: what a call costs is not to be hidden by what counts it. */
  async #oneByOne(call: Call, calls: number): Promise<void> {
    for (let index = 0; index < calls; index += 1) await call(this.#nextId());
  }

  #nextId(): number {
    const id = this.#ids[this.#next] ?? 1;
    this.#next = this.#next + 1 === this.#ids.length ? 0 : this.#next + 1;
    return id;
  }
}
