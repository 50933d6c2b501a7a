import type { Library } from './library.js';
import { redisByHand } from './redis-by-hand.js';
import { connectToRedis } from './redis-client.js';

export const library: Library = redisByHand(() => connectToRedis());
