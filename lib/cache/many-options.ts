import { checkBoolean, checkCount, invalidOption } from '../errors.js';
import type { CompiledKey } from '../keys/compiled-key.js';
import type { KeySource } from '../keys/key-source.js';
import type { NamesOf } from '../known-names.js';
import { CodeThatFills, type SilentWritersOf } from './code-that-fills.js';
import type { CalledMethod } from './load-job.js';
import type { CachedManyMethod, ManyForm } from './many-calls.js';
import { compilePolicy, POLICY_OPTIONS, type CachePolicy, type CachePolicyOptions } from './policy.js';

/** What methods that load many values have beyond those that load one. Functions get one id in the place of the ids. */
export interface ManyOptions {
  /** How the method gives its values: `'map'`, by id (default), or `'list'`, in the order of the ids, `undefined` where there is none. */
  readonly returns?: ManyForm;
  /** Is it stored that there is none for an id? Then as the value `undefined`. Default `false`. */
  readonly storeAbsent?: boolean;
  /** The most ids for one call of the method: more are loaded by several calls, at the same time. Default 500. */
  readonly batchSize?: number;
}

export const MANY_OPTIONS: NamesOf<ManyOptions> = { returns: true, storeAbsent: true, batchSize: true };

/** A function's key and policy, for {@link Cache.wrapMany}; each but the key gets one id in the place of the ids. */
export interface WrapManyOptions<V, A extends readonly unknown[], K extends KeySource = KeySource>
  extends CachePolicyOptions<V, A>, ManyOptions {
  readonly key: K;
}

export const WRAP_MANY_OPTIONS: NamesOf<WrapManyOptions<never, never>> = {
  ...POLICY_OPTIONS,
  ...MANY_OPTIONS,
  key: true,
};

const BATCH_SIZE = 500;

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID`, `ERR_CACHE_TAG_INVALID` */
export function compileMany(
  options: CachePolicyOptions<never, never> & ManyOptions,
  key: CompiledKey,
): (method: CalledMethod, silentWritersOf: SilentWritersOf) => CachedManyMethod {
  const { returns = 'map', storeAbsent = false, batchSize = BATCH_SIZE } = options;
  if (!['map', 'list'].includes(returns)) throw invalidOption('returns', "'map' or 'list'", returns);
  checkBoolean('storeAbsent', storeAbsent);
  checkCount('batchSize', batchSize);
  const policy = togetherBy(compilePolicy(options));
  const { lifetimeOf } = policy;
  const ofPresent: typeof lifetimeOf = (value, args) => (value === undefined ? undefined : lifetimeOf(value, args));
  const ofMany = { key, policy: storeAbsent ? policy : { ...policy, lifetimeOf: ofPresent }, returns, batchSize };
  return (method, silentWritersOf) => {
    const known = new CodeThatFills({ method, policy, forOneCall: false, silentWritersOf });
    return { ...ofMany, method, known };
  };
}

/** The entries of all ids are read in one turn of the event loop. */
function togetherBy(policy: CachePolicy): CachePolicy {
  const { plain, wantedBy } = policy;
  const together = true;
  return {
    ...policy,
    plain: plain && { ...plain, together },
    wantedBy: (args) => ({ ...wantedBy(args), together }),
  };
}
