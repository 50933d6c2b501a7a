import { invalidOption } from '../errors.js';
import { CompiledKey } from '../keys/compiled-key.js';

/** A part of the key from the instance: `(users) => users.tenant`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a decorator does not know its class
export type InstanceScope = (instance: any) => string;

/** Adds the instance's scope, if one is asked for, to `key`. @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function scopeKey(key: CompiledKey, scope: unknown): CompiledKey {
  if (scope === undefined) return key;
  if (typeof scope !== 'function') throw invalidOption('scope', 'a function from the instance to a string', scope);
  return CompiledKey.ofKeys((args, self) => key.keyOf(args, self).within(Reflect.apply(scope, undefined, [self])));
}
