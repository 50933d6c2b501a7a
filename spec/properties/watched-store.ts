import type { Store } from 'freshkeep';

/** A store, its refresh lock included, of which it is known whether it has still to answer anything. */
export class WatchedStore {
  /** The same store, watched. */
  readonly store: Store;
  #unanswered = 0;

  constructor(store: Store) {
    this.store = this.#watch(store);
  }

  get isBusy(): boolean {
    return this.#unanswered > 0;
  }

  #watch<T extends object>(subject: T): T {
    return new Proxy(subject, {
      get: (_, name): unknown => {
        const member: unknown = Reflect.get(subject, name, subject);
        if (typeof member === 'function') {
          return (...args: unknown[]) => this.#note(Reflect.apply(member, subject, args));
        }
        return name === 'lock' && typeof member === 'object' && member !== null ? this.#watch(member) : member;
      },
    });
  }

  #note(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    this.#unanswered += 1;
    return answer
      .then((value: unknown) => (isLease(value) ? this.#watch(value) : value))
      .finally(() => {
        this.#unanswered -= 1;
      });
  }
}

function isLease(value: unknown): value is object {
  return typeof (value as { readonly release?: unknown } | null | undefined)?.release === 'function';
}
