import { LRUCache } from 'lru-cache';

import type { Library } from './library.js';
import { memoryByHand } from './memory-by-hand.js';

/** The least that a bounded cache costs. */
export const library: Library = memoryByHand(({ maxEntries }) => new LRUCache<string, object>({ max: maxEntries }));
