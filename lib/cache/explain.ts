import { reportOf, type TierReport } from '../entry/tier-report.js';
import { describeThrown } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { LockHolder } from '../locks/refresh-lock.js';
import type { Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import { tagsOf, type ExplainOptions, type Explanation, type Facts } from './explanation.js';
import type { Loads } from './loads.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import { byCircumstance, byQueue, byTiers, type Circumstances } from './verdict.js';

export interface ExplainContext extends Circumstances {
  readonly loads: Loads;
  readonly pending: PendingInvalidations;
}

/** Nothing is loaded or stored, and no entry is evicted later for it, but for one that is read while its invalidation is queued. */
export async function explain(
  context: ExplainContext,
  key: CacheKey,
  { values = false }: ExplainOptions,
): Promise<Explanation> {
  const { store, loads, pending } = context;
  const [tiers, lock] = await Promise.all([inspect(store, key.text, values), holderOf(store, key.text)]);
  const queued = pending.about(key.text, tagsOf(tiers));
  const facts: Facts = {
    key: key.text,
    pattern: key.pattern,
    tiers,
    loads: loads.underWay(key.text),
    refreshPausedFor: Math.round(loads.pauseOf(key.text)),
    ...(lock && { lock }),
    ...(queued && { queued }),
  };
  return { ...(byCircumstance(context, key.text, tiers) ?? byQueue(store, facts) ?? byTiers(facts)), ...facts };
}

async function inspect(store: Store, key: string, values: boolean): Promise<readonly TierReport[]> {
  try {
    if (store.inspect !== undefined) return await store.inspect(key, { values });
    return [await inspectByReading(store, key, values)];
  } catch (error) {
    return [{ tier: 'store', notUsed: describeThrown(error) }];
  }
}

/** A store that cannot tell more shows what it would answer a call with. */
async function inspectByReading(store: Store, key: string, values: boolean): Promise<TierReport> {
  const entry = await store.read(key);
  if (entry === undefined) return { tier: 'store' };
  const tags = (entry.tags ?? []).map((name) => ({ name, invalidated: false }));
  return { tier: 'store', entry: { ...reportOf(entry, tags, now()), ...(values ? { value: entry.value } : {}) } };
}

async function holderOf({ lock }: Store, key: string): Promise<LockHolder | undefined> {
  try {
    return await lock?.holder?.(key);
  } catch {
    return undefined;
  }
}
