import { key } from './freshkeep-build.js';
import { libraryOf } from './freshkeep-cache.js';
import type { Library } from './library.js';

const valueKey = (id: number) => key`value:${id}`;

/** Without decorators, with a function for the key. */
export const library: Library = libraryOf(({ load, ttl, staleWhileRevalidate, tag }, { cache, close }) => {
  const tags = tag === undefined ? [] : [tag];
  const options = { key: valueKey, ttl, staleWhileRevalidate, tags };
  return {
    find: cache.wrap(load, options),
    findMany: cache.wrapMany((ids: number[]) => Promise.all(ids.map(load)), { ...options, returns: 'list' }),
    invalidate: (id) => cache.invalidate(valueKey(id)),
    invalidateTag: () => cache.invalidateTags(...tags),
    close,
  };
});
