import type { CacheKey } from '../keys/cache-key.js';
import { toMilliseconds } from '../time/duration.js';
import { asCompanion } from './as-companion.js';
import type { CacheOptions } from './cache-options.js';
import { CallStatistics } from './call-statistics.js';
import { Calls } from './calls.js';
import { Companions, type Companion } from './companions.js';
import { Events } from './events.js';
import { GuardedTracing } from './guarded-tracing.js';
import type { InvalidationResult } from './invalidation-applier.js';
import { Invalidations } from './invalidations.js';
import { isLocal } from './is-local.js';
import { Loads } from './loads.js';
import { compileStatistics } from './statistics-options.js';
import { StoreAccess } from './store-access.js';
import { Updates } from './updates.js';

/** The cache, as its parts see it. */
export interface CacheOwner {
  readonly name: string;
  scoped(key: CacheKey): CacheKey;
  invalidateScoped(keys: readonly CacheKey[]): Promise<InvalidationResult>;
}

/** What a cache consists of. */
export interface CacheParts {
  readonly access: StoreAccess;
  readonly statistics: CallStatistics;
  readonly events: Events;
  readonly tracing: GuardedTracing | undefined;
  readonly loads: Loads;
  readonly calls: Calls;
  readonly invalidations: Invalidations;
  readonly updates: Updates;
  readonly companions: Companions;
  readonly asCompanion: Companion;
}

/**
 * Puts the parts of `owner` together, and joins the other caches over the store.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID`
 */
export function assemble(owner: CacheOwner, options: CacheOptions): CacheParts {
  const { store, scope, maxConcurrentLoads } = options;
  const maxLoad = toMilliseconds('maxLoad', options.maxLoad ?? '60s', { zero: false });
  const statistics = new CallStatistics(store, compileStatistics(options.statistics));
  const events = new Events(owner.name, statistics);
  const tracing = GuardedTracing.of(options.tracing, owner.name);
  // What answers at once is not worth telling of.
  const storeTracing = isLocal(store) ? undefined : tracing;
  const companions = Companions.of(store);
  const access = new StoreAccess({ store, events, pending: companions.pending, tracing: storeTracing });
  const invalidations = new Invalidations({ store, companions, events, tracing: storeTracing });
  const scoped = (key: CacheKey): CacheKey => owner.scoped(key);
  const common = { store: access, sealer: store, events, statistics, maxLoad };
  const loads = new Loads(
    {
      ...common,
      owner,
      lock: store.lock,
      tracing,
      invalidate: ({ text }) => void invalidations.apply({ keys: [text], tags: [] }),
    },
    maxConcurrentLoads,
  );
  const calls = new Calls({ owner, store: access, medium: store, loads, events, statistics, scoped });
  const updates = new Updates({
    ...common,
    isClosed: () => calls.closed,
    scoped,
    invalidate: (key) => owner.invalidateScoped([key]),
    detaching: ({ text }, apply) => invalidations.detaching({ keys: [text], tags: [] }, apply),
  });
  const pendingChanged = (): void => {
    calls.scopedOrPending = scope !== undefined || !invalidations.isIdle();
  };
  const companion = asCompanion({ events, loads, statistics, pendingChanged });
  companions.join(companion);
  pendingChanged();
  return {
    access,
    statistics,
    events,
    tracing,
    loads,
    calls,
    invalidations,
    updates,
    companions,
    asCompanion: companion,
  };
}
