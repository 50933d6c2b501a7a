import { invalidOption } from '../errors.js';
import type { KeyOf, KeyOfCall } from '../keys/key-source.js';

/** A part of the key from the instance: `(users) => users.tenant`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a decorator does not know its class
export type InstanceScope = (instance: any) => string;

/** Adds the instance's scope, if one is asked for, to the keys of `keyOf`. @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function scopeKeys(keyOf: KeyOf, scope: unknown): KeyOfCall {
  if (scope === undefined) return keyOf;
  if (typeof scope !== 'function') throw invalidOption('scope', 'a function from the instance to a string', scope);
  return (args, self) => keyOf(args).within(Reflect.apply(scope, undefined, [self]));
}
