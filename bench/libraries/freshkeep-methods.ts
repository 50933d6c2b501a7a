import { Cached, CachedMany, InvalidatesCache } from './freshkeep-build.js';
import type { Declare } from './freshkeep-cache.js';
import type { Service } from './library.js';

/** The methods of a class, decorated, with a template for the key. */
export const declareMethods: Declare = ({ load, ttl, staleWhileRevalidate, tag }, { close }) => {
  const key = 'value:{0}';
  const tags = tag === undefined ? [] : [tag];

  class Values implements Service {
    @Cached({ key, ttl, staleWhileRevalidate, tags })
    find(id: number): Promise<unknown> {
      return load(id);
    }

    @CachedMany({ key, ttl, staleWhileRevalidate, tags, returns: 'list' })
    findMany(ids: readonly number[]): Promise<unknown[]> {
      return Promise.all(ids.map(load));
    }

    @InvalidatesCache(key)
    async invalidate(_id: number): Promise<void> {
      // What would be written is none of the cost.
    }

    @InvalidatesCache({ tags: [tag ?? 'none'] })
    async invalidateTag(): Promise<void> {
      // As above.
    }

    close(): Promise<void> {
      return close();
    }
  }
  return new Values();
};
