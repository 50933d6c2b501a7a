import type { Store } from 'freshkeep';

/** A store as another process has it: the same entries and locks, but for this process a store of its own. */
export function asElsewhere(store: Store): Store {
  return {
    ...(store.lock === undefined ? {} : { lock: store.lock }),
    read: (key, expected) => store.read(key, expected),
    open: (key, ticket, maxLoad) => store.open(key, ticket, maxLoad),
    fill: (key, ticket, value, lifetime) => store.fill(key, ticket, value, lifetime),
    abandon: (key, ticket) => store.abandon(key, ticket),
    set: (key, value, lifetime) => store.set(key, value, lifetime),
    invalidate: (keys) => store.invalidate(keys),
    clear: () => store.clear(),
    seal: (value) => store.seal(value),
  };
}
