import { CacheError, describeValue } from '../errors.js';
import { CacheKey } from './cache-key.js';
import { CompiledKey } from './compiled-key.js';
import { compileTemplate } from './key-template.js';

/** A function from arguments to a key, shared by readers and writers: `` (id: number) => key`user:${id}` ``. */
export type KeyFunction<A extends readonly unknown[] = never> = (...args: A) => CacheKey;

/** How a method's key is given: a template string (`'user:{0}'`), a key function, or a key without parts. */
export type KeySource = string | KeyFunction | CacheKey;

/**
 * @throws CacheError at once: `ERR_CACHE_KEY_TEMPLATE_INVALID`, or `ERR_CACHE_OPTION_INVALID` for what is no key source.
 * The compiled form throws `ERR_CACHE_KEY_PART_INVALID`, or `ERR_CACHE_KEY_INVALID` for a function that returns no key.
 */
export function compileKey(option: string, source: unknown): CompiledKey {
  if (typeof source === 'string') return compileTemplate(source);
  if (source instanceof CacheKey) return CompiledKey.ofKeys(() => source);
  if (typeof source === 'function') {
    return CompiledKey.ofKeys((args) => toCacheKey(option, Reflect.apply(source, undefined, args)));
  }
  throw new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`${option}\` to be a template string ('user:{0}') or a function that returns key\`…\`, got ${describeValue(source)}`,
  );
}

/** @throws CacheError `ERR_CACHE_KEY_INVALID` */
export function toCacheKey(option: string, value: unknown): CacheKey {
  if (value instanceof CacheKey) return value;
  throw new CacheError(
    'ERR_CACHE_KEY_INVALID',
    `Expected \`${option}\` to be, or to return, a key made by the tag key\`…\`, got ${describeValue(value)}${adviceFor(value)}`,
  );
}

function adviceFor(value: unknown): string {
  if (typeof value === 'string') return ': a plain string would let keys collide';
  return typeof value === 'function' ? ': call it with its arguments' : '';
}
