import { CallContexts } from './call-contexts.js';

/** The loads that a piece of code runs within; links outwards. */
interface Scope {
  readonly owner: object;
  readonly keys: string | ReadonlySet<string>;
  readonly outer: Scope | undefined;
  active: boolean;
}

const scopes = new CallContexts<Scope>();

/** A load that is given up ends when no code can be part of it any more: when nothing leads to its scope. */
const unreachable = new FinalizationRegistry(() => {
  scopes.end();
});

/**
 * What a load runs in, so that a call for the same key *within* it (a method that calls `super`, or itself) can be told
 * from others: such a call must not join the load that waits for it.
 */
export class LoadingScope {
  readonly #scope: Scope;

  constructor(owner: object, keys: string | ReadonlySet<string>) {
    this.#scope = { owner, keys, outer: scopes.current, active: true };
    scopes.begin();
  }

  run<T>(load: () => T): T {
    return scopes.run(this.#scope, load);
  }

  end(): void {
    if (!this.#scope.active) return;
    this.#scope.active = false;
    unreachable.unregister(this.#scope);
    scopes.end();
  }

  /** Nobody counts on the load's end any more. Its code is still part of it, should it go on. */
  giveUp(): void {
    if (this.#scope.active) unreachable.register(this.#scope, undefined, this.#scope);
  }
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
  for (let scope = scopes.current; scope !== undefined; scope = scope.outer) {
    if (scope.active && wanted(scope)) return true;
  }
  return false;
}
