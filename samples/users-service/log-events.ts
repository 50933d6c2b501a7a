import type { Cache } from 'freshkeep';

import { log } from './log.js';

/** One line for each load and each invalidation, while `isLogged` says so, and for whatever goes wrong. */
export function logEvents(cache: Cache, isLogged: () => boolean = () => true): Cache {
  /** What Redis could not do since it went away: told once, however many calls find it so. */
  const failing = new Set<string>();
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
      if (failing.has(operation)) return;
      failing.add(operation);
      log(`the store could not ${operation}: ${String(error)}`);
    })
    .on('breaker-changed', ({ state }) => {
      if (state === 'closed') failing.clear();
      log(`the circuit breaker of Redis is ${state}`);
    })
    .on('invalidation-replayed', ({ keys }) => {
      log(`invalidated afterwards: ${keys === 'all' ? 'everything' : keys.join(', ')}`);
    });
}
