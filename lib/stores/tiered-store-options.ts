import { invalidOption } from '../errors.js';
import type { BusTerms } from '../invalidation/invalidation-bus.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import type { LocalStore, SharedStore } from './store.js';

export interface TieredStoreOptions {
  /** The first tier, in this process: a `MemoryStore`, for this store alone. */
  readonly l1: LocalStore;
  /** The second tier, which all processes share: a `RedisStore`. */
  readonly l2: SharedStore;
  /** The longest that a copy in `l1` is used, whatever is left of the entry's life. Default `'30s'`. */
  readonly l1Ttl?: Duration;
  /** Within this time it is found out that the message of an invalidation was lost. Default `'1s'`. */
  readonly heartbeat?: Duration;
  /**
   * For how long copies are used on while `l2` does not answer and no connection to it has closed: a server that hangs, or
   * a network that swallows everything. At least `heartbeat`. Default `'10s'`, or `heartbeat` where that is longer.
   */
  readonly maxSilence?: Duration;
}

const TIERED_STORE_OPTIONS: NamesOf<TieredStoreOptions> = {
  l1: true,
  l2: true,
  l1Ttl: true,
  heartbeat: true,
  maxSilence: true,
};

/** The options, checked, with their defaults; durations in milliseconds. */
export interface CheckedTieredStoreOptions {
  readonly l1: LocalStore;
  readonly l2: SharedStore;
  readonly l1Ttl: number;
  readonly terms: BusTerms;
}

const MAX_SILENCE = 10_000;

/**
 * Takes the first tier for this store.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID`
 */
export function checkTieredStoreOptions(options: TieredStoreOptions): CheckedTieredStoreOptions {
  const { l1, l2, l1Ttl = '30s' } = checkOptionNames('options', options, TIERED_STORE_OPTIONS);
  const checked = {
    l1: checkLocal(l1),
    l2: checkShared(l2),
    l1Ttl: toMilliseconds('l1Ttl', l1Ttl, { zero: false }),
    terms: checkTerms(options),
  };
  taken.add(l1);
  return checked;
}

const taken = new WeakSet<LocalStore>();

/** Keys of another store would be taken for those of this one. */
function checkLocal(l1: unknown): LocalStore {
  if ((l1 as Partial<LocalStore> | undefined)?.local === true) {
    if (!taken.has(l1 as LocalStore)) return l1 as LocalStore;
    throw invalidOption('l1', 'a store that is the first tier of no other one', l1);
  }
  throw invalidOption('l1', 'a store in this process, such as new MemoryStore()', l1);
}

function checkShared(l2: unknown): SharedStore {
  const { bus, readLiving } = (l2 ?? {}) as Partial<SharedStore>;
  if (typeof bus?.subscribe === 'function' && typeof readLiving === 'function') return l2 as SharedStore;
  throw invalidOption('l2', 'a store that processes share, such as new RedisStore({ client })', l2);
}

function checkTerms({ heartbeat = '1s', maxSilence }: TieredStoreOptions): BusTerms {
  const beat = toMilliseconds('heartbeat', heartbeat, { zero: false });
  if (maxSilence === undefined) return { heartbeat: beat, maxSilence: Math.max(MAX_SILENCE, beat) };
  const silence = toMilliseconds('maxSilence', maxSilence, { zero: false });
  if (silence >= beat) return { heartbeat: beat, maxSilence: silence };
  throw invalidOption('maxSilence', `at least the \`heartbeat\` of ${beat} ms`, maxSilence);
}
