import type { Store } from 'freshkeep';

/** A store as another process has it: the same entries and locks, but for this process a store of its own. */
export function asElsewhere(store: Store): Store {
  return {
    ...(store.lock === undefined ? {} : { lock: store.lock }),
    read: (key, expected) => store.read(key, expected),
    open: (key, ticket, maxLoad, tagging) => store.open(key, ticket, maxLoad, tagging),
    fill: (key, ticket, value, terms) => store.fill(key, ticket, value, terms),
    update: (key, ticket, value, terms) => store.update(key, ticket, value, terms),
    abandon: (key, ticket) => store.abandon(key, ticket),
    set: (key, value, terms) => store.set(key, value, terms),
    invalidate: (keys, tags) => store.invalidate(keys, tags),
    clear: () => store.clear(),
    seal: (value) => store.seal(value),
  };
}
