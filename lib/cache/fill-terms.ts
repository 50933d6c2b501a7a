import type { Lifetime } from '../entry/entry.js';
import { describeThrown } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { FillTerms, SealedValue, Store } from '../stores/store.js';
import type { Events } from './events.js';
import type { CachePolicy } from './policy.js';
import { warnOnce } from './warnings.js';

export interface FillSubject {
  readonly key: CacheKey;
  readonly policy: CachePolicy;
  readonly args: readonly unknown[];
}

/** Why there are no terms: `storeIf` or a ttl of 0 says so, or a function of the user has failed. */
export type NoTerms = 'not wanted' | 'option failed';

/** A user's function that fails must not cost the caller the value that is there. */
export function termsOf(events: Events, { key, policy, args }: FillSubject, value: unknown): FillTerms | NoTerms {
  const failed = (option: string, error: unknown): NoTerms => {
    events.emit('option-failed', { key: key.text, pattern: key.pattern, option, error });
    const message = `${option} failed, the value is not stored: ${describeThrown(error)}`;
    warnOnce('FRESHKEEP_OPTION_FAILED', key.pattern, message);
    return 'option failed';
  };
  try {
    const lifetime = policy.lifetimeOf(value, args);
    if (lifetime === undefined) return 'not wanted';
    const misfit = policy.misfitOf(value);
    if (misfit !== undefined) return failed('schema', misfit);
    return { lifetime, tags: policy.tagsOf(value, args) };
  } catch (error) {
    return failed('ttl, storeIf or tags', error);
  }
}

/** `undefined`: the store cannot keep it. */
export function sealFor(sealer: Pick<Store, 'seal'>, { pattern }: CacheKey, value: unknown): SealedValue | undefined {
  try {
    return sealer.seal(value);
  } catch (error) {
    warnOnce('FRESHKEEP_VALUE_UNSUPPORTED', pattern, `values are not stored: ${describeThrown(error)}`);
    return undefined;
  }
}

/** What is told of a lifetime. */
export function windowsOf({ ttl, staleWhileRevalidate, staleIfError }: Lifetime): Omit<Lifetime, 'early'> {
  return { ttl, staleWhileRevalidate, ...(staleIfError === undefined ? {} : { staleIfError }) };
}
