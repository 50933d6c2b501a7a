import { CacheError, describeValue } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';

/** A part of the key from the instance: `(users) => users.tenant`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a decorator does not know its class
export type InstanceScope = (instance: any) => string;

/** Adds the instance's scope to a key. @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function compileScope(scope: unknown): (key: CacheKey, instance: unknown) => CacheKey {
  if (scope === undefined) return (key) => key;
  if (typeof scope === 'function')
    return (key, instance) => key.within(asScope(Reflect.apply(scope, undefined, [instance])));
  throw unfit('a function from the instance to a string', scope);
}

function asScope(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unfit('a function that returns a string', value);
}

function unfit(expectation: string, value: unknown): CacheError {
  return new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`scope\` to be ${expectation}, got ${describeValue(value)}`,
  );
}
