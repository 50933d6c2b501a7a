import { AsyncLocalStorage } from 'node:async_hooks';

let contexts = 0;

/** May calls be made in a context of which their answer depends? If not, none need be looked for: one question for all kinds. */
export function isAnyContext(): boolean {
  return contexts > 0;
}

/** A context, as code finds it that may outlive it. */
interface Held<T> {
  readonly context: T;
  over: boolean;
}

/**
 * A kind of context that calls are made in. As async hooks cost every promise of the process some time (Node 20), they are
 * off while there is none; and as a context outlives what it was made for in timers and sockets made there, its end is told.
 */
export class CallContexts<T> {
  readonly #storage = new AsyncLocalStorage<Held<T>>();
  #count = 0;

  /** The context of the calling code. */
  get current(): T | undefined {
    const held = this.#count === 0 ? undefined : this.#storage.getStore();
    return held?.over === false ? held.context : undefined;
  }

  begin(): void {
    this.#count += 1;
    contexts += 1;
  }

  end(): void {
    this.#count -= 1;
    contexts -= 1;
    if (this.#count === 0) this.#storage.disable();
  }

  run<R>(context: T, code: () => R): R {
    return this.#storage.run({ context, over: false }, code);
  }

  /** {@link run}, until the promise of `code` settles: what goes on in it after that is no part of it any more. */
  async runToEnd<R>(context: T, code: () => R | Promise<R>): Promise<R> {
    const held: Held<T> = { context, over: false };
    this.begin();
    try {
      return await this.#storage.run(held, code);
    } finally {
      held.over = true;
      this.end();
    }
  }
}
