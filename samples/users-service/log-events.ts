import type { Cache } from 'freshkeep';

import { log } from './log.js';

/** One line for each load, each invalidation, and whatever goes wrong. */
export function logEvents(cache: Cache): Cache {
  return cache
    .on('load', ({ key, background }) => {
      log(`load ${key}${background ? ' (in the background)' : ''}`);
    })
    .on('load-failed', ({ key, error }) => {
      log(`load of ${key} failed: ${String(error)}`);
    })
    .on('invalidate', ({ key }) => {
      log(`invalidate ${key}`);
    })
    .on('store-failed', ({ operation, error }) => {
      log(`the store could not ${operation}: ${String(error)}`);
    })
    .on('invalidation-replayed', ({ keys }) => {
      log(`invalidated afterwards: ${keys === 'all' ? 'everything' : keys.join(', ')}`);
    });
}
