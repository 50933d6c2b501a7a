import 'reflect-metadata';

import type { KeySource } from '../keys/key-source.js';
import type { CachedManyOptions } from './cached-many-options.js';
import type { CachedOptions } from './cached-options.js';
import type { InvalidatesCacheOptions } from './invalidates-cache-options.js';
import type { UpdatesCacheOptions } from './updates-cache-options.js';

/** What a decorator declared on a method, as it was written. */
export type CacheMetadata =
  | { readonly kind: 'cached'; readonly key: KeySource; readonly options: CachedOptions }
  | { readonly kind: 'cached-many'; readonly key: KeySource; readonly options: CachedManyOptions }
  | { readonly kind: 'updates'; readonly key: KeySource; readonly options: UpdatesCacheOptions }
  | { readonly kind: 'invalidates'; readonly keys: readonly KeySource[]; readonly options: InvalidatesCacheOptions };

/** Shared by all copies of this package in a process. */
const METADATA_KEY = 'freshkeep:method';

/**
 * What freshkeep's decorators declared on a method, the outermost first:
 * `getCacheMetadata(Users.prototype.find)`. Empty where there is none.
 */
export function getCacheMetadata(method: (...args: never[]) => unknown): readonly CacheMetadata[] {
  return (Reflect.getOwnMetadata(METADATA_KEY, method) as readonly CacheMetadata[] | undefined) ?? [];
}

/**
 * Puts `metadata` on the function that replaces a method, beside all that decorators below wrote on the original. The
 * function is the one thing that both dialects hand over, so this is where metadata lives.
 */
export function recordMetadata(
  original: (...args: never[]) => unknown,
  replacement: (...args: never[]) => unknown,
  metadata: CacheMetadata,
): void {
  for (const name of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(name, Reflect.getOwnMetadata(name, original), replacement);
  }
  Reflect.defineMetadata(METADATA_KEY, [metadata, ...getCacheMetadata(original)], replacement);
}
