import type { Invalidated } from '../invalidation/invalidation-bus.js';
import type { CallStatistics } from './call-statistics.js';
import type { Companion } from './companions.js';
import { toInvalidationEvent, type Events } from './events.js';
import type { Loads } from './loads.js';

export interface AsCompanionOptions {
  readonly events: Events;
  readonly loads: Loads;
  readonly statistics: CallStatistics;
  readonly pendingChanged: () => void;
}

/** What a cache makes of what others, and the store, tell it. */
export function asCompanion({ events, loads, statistics, pendingChanged }: AsCompanionOptions): Companion {
  const invalidated = (what: Invalidated): void => {
    loads.detach(what);
    statistics.invalidated(what);
  };
  return {
    pendingChanged,
    detach: (what) => {
      loads.detach(what);
      statistics.doubted(what);
    },
    invalidated,
    replayed: (what) => {
      events.emit('invalidation-replayed', toInvalidationEvent(what));
    },
    entryUnreadable: (key, error) => {
      events.emit('entry-unreadable', { key, error });
    },
    invalidatedElsewhere: (what) => {
      invalidated(what);
      events.emit('invalidated-elsewhere', toInvalidationEvent(what));
    },
    seen: (key) => {
      statistics.seen(key);
    },
    evicted: (key) => {
      statistics.evicted(key);
    },
    breakerChanged: (state, server) => {
      events.emit('breaker-changed', { state, ...(server === undefined ? {} : { server }) });
    },
    copyFailed: (key, error) => {
      events.emit('store-failed', { operation: 'copy', error, key });
    },
    busFailed: (error) => {
      events.emit('store-failed', { operation: 'bus', error });
    },
    copiesDropped: (reason) => {
      events.emit('copies-dropped', { reason });
    },
  };
}
