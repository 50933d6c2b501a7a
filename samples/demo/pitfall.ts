import { configureCache, MemoryStore, type MemoryStoreOptions } from 'freshkeep';

import type { Measurement } from './observation.js';

/** One of the ways in which caching goes wrong, played twice on the same stage. */
export interface Pitfall {
  readonly title: string;
  /** What is played. */
  readonly story: string;
  readonly byHand: () => Promise<Measurement>;
  readonly withFreshkeep: () => Promise<Measurement>;
}

/** A default cache for one play. */
export function configureFreshCache(options: MemoryStoreOptions = {}): MemoryStore {
  const store = new MemoryStore(options);
  configureCache({ store });
  return store;
}
