import type { Library } from './library.js';
import { redisByHand } from './redis-by-hand.js';
import { connectToRedis } from './redis-client.js';

/** What is asked in one turn of the event loop travels together. */
export const library: Library = redisByHand(() => connectToRedis({ enableAutoPipelining: true }));
