import { overRedis } from './freshkeep-cache.js';
import { declareMethods } from './freshkeep-methods.js';
import type { Library } from './library.js';

/** freshkeep that remembers nothing of what it read: as it is where no key comes again before others have taken its place. */
export const library: Library = {
  over: { redis: overRedis(declareMethods, { decodedBytes: 0 }) },
  servesStale: true,
  knowsTags: true,
};
