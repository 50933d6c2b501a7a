import type { Cache } from 'freshkeep';

import { log } from './log.js';

/** One line for each load and each invalidation, while `isLogged` says so, and for whatever goes wrong. */
export function logEvents(cache: Cache, isLogged: () => boolean = () => true): Cache {
  return cache
    .on('load', ({ key, background }) => {
      if (isLogged()) log(`load ${key}${background ? ' (in the background)' : ''}`);
    })
    .on('load-failed', ({ key, error }) => {
      log(`load of ${key} failed: ${String(error)}`);
    })
    .on('invalidate', ({ key }) => {
      if (isLogged()) log(`invalidate ${key}`);
    })
    .on('store-failed', ({ operation, error }) => {
      log(`the store could not ${operation}: ${String(error)}`);
    })
    .on('invalidation-replayed', ({ keys }) => {
      log(`invalidated afterwards: ${keys === 'all' ? 'everything' : keys.join(', ')}`);
    });
}
