import { AsyncLocalStorage } from 'node:async_hooks';

/** The loads that a piece of code runs within; links outwards. */
interface Scope {
  readonly owner: object;
  readonly key: string;
  readonly outer: Scope | undefined;
  active: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();
let running = 0;

/**
 * Runs a load so that a call for the same key *within* it (a method that calls `super`, or itself) can be told from
 * others: such a call must not join the load that waits for it.
 *
 * A context outlives its load in timers and sockets made there, so it is marked when the load ends. And because async
 * hooks cost every promise of the process some time (Node 20), they are off while nothing is loaded.
 */
export async function runAsLoad<T>(owner: object, key: string, load: () => T): Promise<Awaited<T>> {
  const scope: Scope = { owner, key, outer: scopes.getStore(), active: true };
  running += 1;
  try {
    return await scopes.run(scope, load);
  } finally {
    scope.active = false;
    running -= 1;
    if (running === 0) scopes.disable();
  }
}

/** Is any load of this process going on? If not, no code is part of one. */
export function isAnythingLoading(): boolean {
  return running > 0;
}

/** Is the calling code part of a load of `key` that is still going on? */
export function isWithinLoad(owner: object, key: string): boolean {
  return isWithin((scope) => scope.owner === owner && scope.key === key);
}

/** Is it part of any load of this cache that is still going on? */
export function isWithinAnyLoad(owner: object): boolean {
  return isWithin((scope) => scope.owner === owner);
}

function isWithin(wanted: (scope: Scope) => boolean): boolean {
  if (running === 0) return false;
  for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) {
    if (scope.active && wanted(scope)) return true;
  }
  return false;
}
