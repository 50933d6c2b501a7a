import { overRedis } from './freshkeep-cache.js';
import { declareMethods } from './freshkeep-methods.js';
import type { Library } from './library.js';

/** Every value is compressed, however small. */
export const library: Library = {
  over: { redis: overRedis(declareMethods, { compressAbove: 0 }) },
  servesStale: true,
  knowsTags: true,
};
