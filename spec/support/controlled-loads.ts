import { Deferred } from './deferred.js';

/** A loader whose calls the spec answers one by one, in the order it likes. */
export class ControlledLoads {
  readonly #loads: Deferred<string>[] = [];
  readonly #begun: Deferred[] = [];

  /** To be given to a cache. */
  readonly load = (): Promise<string> => {
    const load = new Deferred<string>();
    this.#loads.push(load);
    this.#begunAt(this.#loads.length - 1).resolve();
    return load.promise;
  };

  /** How many have begun. */
  get count(): number {
    return this.#loads.length;
  }

  /** Waits until the load of this number, counted from 0, has begun. */
  async begun(number: number): Promise<Deferred<string>> {
    await this.#begunAt(number).promise;
    return this.#loads[number] as Deferred<string>;
  }

  #begunAt(number: number): Deferred {
    return (this.#begun[number] ??= new Deferred());
  }
}
