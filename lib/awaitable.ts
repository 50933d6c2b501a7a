/** A value, or a promise of it: what is in this process answers at once. */
export type Awaitable<T> = T | Promise<T>;
