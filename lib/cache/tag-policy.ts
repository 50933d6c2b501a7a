import { CacheError, describeValue, invalidOption } from '../errors.js';
import { checkTags } from '../keys/tag.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';

/**
 * The labels of an entry, by which it can be invalidated with others. As a list, as a function of the arguments, or, where
 * the value tells them, as `fromValue`; then those of `fromArgs` are known before.
 */
export type TagsOption<V = unknown, A extends readonly unknown[] = readonly never[]> =
  readonly string[] | ((...args: A) => readonly string[]) | TagsFromValue<V, A>;

export interface TagsFromValue<V = unknown, A extends readonly unknown[] = readonly never[]> {
  readonly fromArgs?: readonly string[] | ((...args: A) => readonly string[]);
  readonly fromValue: (value: V, ...args: A) => readonly string[];
}

const TAGS_FROM_VALUE: NamesOf<TagsFromValue> = { fromArgs: true, fromValue: true };

/** {@link TagsOption}, checked. Both functions throw what the user's own throw, and a CacheError `ERR_CACHE_TAG_INVALID`. */
export interface TagPolicy {
  /** The same for all calls; `undefined` where they come from the arguments. */
  readonly fixed: readonly string[] | undefined;
  readonly fromArgs: (args: readonly unknown[]) => readonly string[];
  /** Absent where the value tells none. */
  readonly fromValue: ((value: unknown, args: readonly unknown[]) => readonly string[]) | undefined;
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_TAG_INVALID` */
export function compileTags(option: unknown): TagPolicy | undefined {
  if (option === undefined) return undefined;
  if (!isFromValue(option)) return compileFromArgs('tags', option, undefined);
  const { fromArgs = [], fromValue } = checkOptionNames('tags', option, TAGS_FROM_VALUE);
  if (typeof (fromValue as unknown) !== 'function') throw invalidOption('tags.fromValue', 'a function', fromValue);
  return compileFromArgs('tags.fromArgs', fromArgs, (value, args) =>
    checkTags('tags.fromValue', Reflect.apply(fromValue, undefined, [value, ...args])),
  );
}

function compileFromArgs(name: string, given: unknown, fromValue: TagPolicy['fromValue']): TagPolicy {
  if (typeof given === 'function') {
    const fromArgs = (args: readonly unknown[]) => checkTags(name, Reflect.apply(given, undefined, args));
    return { fixed: undefined, fromArgs, fromValue };
  }
  if (!Array.isArray(given)) {
    const expected = 'a list, a function of the arguments, or { fromArgs, fromValue }';
    throw new CacheError(
      'ERR_CACHE_OPTION_INVALID',
      `Expected \`${name}\` to be ${expected}, got ${describeValue(given)}`,
    );
  }
  const fixed = checkTags(name, given);
  return { fixed, fromArgs: () => fixed, fromValue };
}

function isFromValue(option: unknown): option is TagsFromValue<never, never> {
  return typeof option === 'object' && option !== null && !Array.isArray(option);
}
