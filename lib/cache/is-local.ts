import type { Store } from '../stores/store.js';

/** Is it a store in this process, which answers at once? */
export function isLocal(store: Store): boolean {
  return (store as Partial<{ readonly local: unknown }>).local === true;
}
