/** A value, or a promise of it: what is in this process answers at once. */
export type Awaitable<T> = T | Promise<T>;

/** Also one of another realm, or of a library: `instanceof` knows those of this realm alone. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === 'function';
}

/** `next` of the value: at once where it is there, otherwise once it is. */
export function whenThere<T, R>(value: Awaitable<T>, next: (value: T) => R): Awaitable<R> {
  return isPromise(value) ? value.then<R>(next) : next(value);
}
