import { checkFunction, invalidOption } from '../errors.js';
import { CacheKey } from '../keys/cache-key.js';
import { compileKey, type KeySource } from '../keys/key-source.js';
import { checkTags } from '../keys/tag.js';
import { checkOptionNames, type Names } from '../known-names.js';
import {
  INVALIDATES_CACHE_OPTIONS,
  KEY_FROM_ARGUMENTS,
  KEY_FROM_RESULT,
  TAGS_FROM_RESULT,
  TAGS_TO_INVALIDATE,
  type InvalidatesCacheOptions,
  type InvalidationItem,
  type InvalidationTags,
  type KeyFromArguments,
  type KeyFromResult,
  type TagsFromResult,
  type TagsToInvalidate,
} from './invalidates-cache-options.js';
import { scopeKey } from './scope.js';

/** What to invalidate; the keys without the scope of the cache. */
export interface Targets {
  readonly keys: readonly CacheKey[];
  readonly tags: readonly string[];
}

/** The compiled form of the items. All throw a CacheError, or what the user's own functions throw. */
export interface CompiledInvalidations {
  /** What the arguments tell, before the method is called. */
  readonly before: readonly ((args: readonly unknown[], self: unknown) => Targets)[];
  /** What the result tells. */
  readonly after: readonly ((result: unknown, args: readonly unknown[], self: unknown) => Targets)[];
}

interface Collected {
  readonly before: CompiledInvalidations['before'][number][];
  readonly after: CompiledInvalidations['after'][number][];
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_KEY_TEMPLATE_INVALID`, `ERR_CACHE_TAG_INVALID` */
export function compileInvalidations(options: InvalidatesCacheOptions): CompiledInvalidations {
  refuseKeyBesideTags(options);
  checkOptionNames('options', options, INVALIDATES_CACHE_OPTIONS);
  const { keys = [], tags, scope } = options;
  const collected: Collected = { before: [], after: [] };
  if (!Array.isArray(keys)) throw invalidOption('keys', 'a list of keys', keys);
  const areNoTags = tags === undefined || (Array.isArray(tags) && tags.length === 0);
  if (keys.length === 0 && areNoTags) throw invalidOption('keys', 'a list of at least one key, or tags', keys);
  for (const [index, item] of (keys as readonly InvalidationItem[]).entries()) {
    checkItem(`keys[${index}]`, item);
    if (isTags(item)) {
      collectTags(item.tags, collected);
    } else {
      collectKey(item, scope, collected);
    }
  }
  if (tags !== undefined) collectTags(tags, collected);
  return collected;
}

/** The sources of the keys among the items. */
export function sourcesOf(items: readonly InvalidationItem[]): KeySource[] {
  return items.flatMap((item) => (isTags(item) ? [] : [sourceOf(item)]));
}

function collectKey(
  item: Exclude<InvalidationItem, TagsToInvalidate>,
  scope: InvalidatesCacheOptions['scope'],
  { before, after }: Collected,
): void {
  const key = scopeKey(compileKey('keys', sourceOf(item)), scope);
  const only = (args: readonly unknown[] | null, self: unknown): Targets => ({
    keys: args === null ? [] : [key.keyOf(args, self)],
    tags: [],
  });
  if (isFrom(item, 'fromResult')) {
    after.push((result, args, self) => only(listOf('fromResult', item.fromResult(result, ...args)), self));
  } else if (isFrom(item, 'args')) {
    before.push((args, self) => only(listOf('args', item.args(...args)), self));
  } else {
    before.push(only);
  }
}

/** One of the two would be forgotten. */
function refuseKeyBesideTags(given: object): void {
  if ('key' in given) throw invalidOption('key', 'an item of its own, as `tags` are', given.key);
}

/** What is neither an item nor a key is left to `compileKey`. */
function checkItem(option: string, item: InvalidationItem): void {
  if (!isObject(item) || item instanceof CacheKey || Array.isArray(item)) return;
  if (isTags(item)) refuseKeyBesideTags(item);
  checkOptionNames(option, item, namesFor(item));
}

/** A key has its arguments from one place: of two functions one would be forgotten. */
function namesFor(item: object): Names {
  if ('tags' in item) return TAGS_TO_INVALIDATE;
  if ('fromResult' in item) return KEY_FROM_RESULT;
  return 'args' in item ? KEY_FROM_ARGUMENTS : { ...KEY_FROM_ARGUMENTS, ...KEY_FROM_RESULT };
}

function collectTags(tags: InvalidationTags, { before, after }: Collected): void {
  if (Array.isArray(tags)) {
    const fixed: Targets = { keys: [], tags: checkTags('tags', tags) };
    before.push(() => fixed);
  } else if (typeof tags === 'function') {
    before.push((args) => ({ keys: [], tags: checkTags('tags', Reflect.apply(tags, undefined, args)) }));
  } else {
    after.push(tagsFromResult(tags));
  }
}

function tagsFromResult(tags: unknown): CompiledInvalidations['after'][number] {
  if (!isObject(tags)) throw invalidOption('tags', 'a list, a function of the arguments, or { fromResult }', tags);
  const { fromResult } = checkOptionNames('tags', tags as TagsFromResult, TAGS_FROM_RESULT);
  checkFunction('tags.fromResult', fromResult);
  return (result, args) => ({
    keys: [],
    tags: checkTags('tags.fromResult', Reflect.apply(fromResult, undefined, [result, ...args])),
  });
}

function isTags(item: InvalidationItem): item is TagsToInvalidate {
  return isObject(item) && 'tags' in item;
}

function sourceOf(item: Exclude<InvalidationItem, TagsToInvalidate>): KeySource {
  return isObject(item) && 'key' in item ? item.key : item;
}

function isFrom<N extends 'args' | 'fromResult'>(
  item: InvalidationItem,
  name: N,
): item is Extract<KeyFromArguments | KeyFromResult, Record<N, unknown>> {
  if (!isObject(item) || !(name in item)) return false;
  const value = Reflect.get(item, name) as unknown;
  if (typeof value !== 'function') throw invalidOption(name, 'a function that returns the arguments of the key', value);
  return true;
}

/** Callers without types may pass `null`, which `compileKey` then refuses. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function listOf(option: string, value: unknown): readonly unknown[] | null {
  if (value === null || Array.isArray(value)) return value;
  throw invalidOption(option, 'a function that returns the list of the arguments of the key, or null', value);
}
