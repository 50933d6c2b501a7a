import type { Library } from './library.js';
import { memoryByHand } from './memory-by-hand.js';

/** Without a bound. */
export const library: Library = memoryByHand(() => new Map<string, unknown>());
