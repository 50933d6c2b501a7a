import { AsyncLocalStorage } from 'node:async_hooks';

/** The loads that a piece of code runs within; links outwards. */
interface Scope {
  readonly owner: object;
  readonly keys: string | ReadonlySet<string>;
  readonly outer: Scope | undefined;
  active: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();
let running = 0;

/** A load that is given up ends when no code can be part of it any more: when nothing leads to its scope. */
const unreachable = new FinalizationRegistry(countEnd);

function countEnd(): void {
  running -= 1;
  if (running === 0) scopes.disable();
}

/**
 * What a load runs in, so that a call for the same key *within* it (a method that calls `super`, or itself) can be told
 * from others: such a call must not join the load that waits for it.
 *
 * A context outlives its load in timers and sockets made there, so the end of a load is told. And because async hooks
 * cost every promise of the process some time (Node 20), they are off while nothing is loaded.
 */
export class LoadingScope {
  readonly #scope: Scope;

  constructor(owner: object, keys: string | ReadonlySet<string>) {
    this.#scope = { owner, keys, outer: scopes.getStore(), active: true };
    running += 1;
  }

  run<T>(load: () => T): T {
    return scopes.run(this.#scope, load);
  }

  end(): void {
    if (!this.#scope.active) return;
    this.#scope.active = false;
    unreachable.unregister(this.#scope);
    countEnd();
  }

  /** Nobody counts on the load's end any more. Its code is still part of it, should it go on. */
  giveUp(): void {
    if (this.#scope.active) unreachable.register(this.#scope, undefined, this.#scope);
  }
}

/** Is any load of this process going on? If not, no code is part of one. */
export function isAnythingLoading(): boolean {
  return running > 0;
}

/** Is the calling code part of a load of `key` that is still going on? */
export function isWithinLoad(owner: object, key: string): boolean {
  return isWithin((scope) => scope.owner === owner && includes(scope.keys, key));
}

function includes(keys: Scope['keys'], key: string): boolean {
  return typeof keys === 'string' ? keys === key : keys.has(key);
}

/** Is it part of any load, of this cache or where none is named of any, that is still going on? */
export function isWithinAnyLoad(owner?: object): boolean {
  return isWithin((scope) => owner === undefined || scope.owner === owner);
}

function isWithin(wanted: (scope: Scope) => boolean): boolean {
  if (running === 0) return false;
  for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) {
    if (scope.active && wanted(scope)) return true;
  }
  return false;
}
