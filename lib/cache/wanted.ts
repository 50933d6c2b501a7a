import type { Entry } from '../entry/entry.js';
import type { CacheError } from '../errors.js';
import type { Expected, StaleWindow, Tagging } from '../stores/store.js';
import { onceForEach, type SchemaCheck } from './schema.js';
import type { TagPolicy } from './tag-policy.js';

/** The entry that a call could be answered with. */
export interface Wanted extends Expected {
  /** Absent where it has no tags. */
  readonly tagging?: Tagging;
  /** Does an entry lack a tag that its value tells? Its invalidation would not reach it. Absent where values tell none. */
  readonly lacksTags?: (entry: Entry) => boolean;
  /** Why the value of an entry does not fit the schema; `undefined` where it does. Absent where there is none. */
  readonly misfit?: (entry: Entry) => CacheError | undefined;
}

export interface WantedOptions {
  readonly staleWindow: StaleWindow;
  /** Are entries refreshed early? */
  readonly early: boolean;
  readonly schema: SchemaCheck | undefined;
}

/** What calls want, by their arguments. Throws what the user's functions throw, and a CacheError `ERR_CACHE_TAG_INVALID`. */
export function compileWanted(
  { staleWindow, early, schema }: WantedOptions,
  policy: TagPolicy | undefined,
): (args: readonly unknown[]) => Wanted {
  const always = {
    staleWindow,
    ...(early ? { early } : {}),
    ...(schema === undefined ? {} : { misfit: onceForEach(schema) }),
  };
  const untagged: Wanted = { ...always, tags: [] };
  if (policy === undefined) return () => untagged;
  const { fixed, fromArgs, fromValue } = policy;
  const mayGrow = fromValue !== undefined;
  const of = (tags: readonly string[]): Wanted =>
    tags.length > 0 || mayGrow ? { ...always, tags, tagging: { tags, mayGrow } } : untagged;
  if (fromValue !== undefined) {
    return (args) => ({
      ...of(fromArgs(args)),
      lacksTags: (entry) => lacksAny(entry, () => fromValue(entry.value, args)),
    });
  }
  if (fixed === undefined) return (args) => of(fromArgs(args));
  const tagged = of(fixed);
  return () => tagged;
}

/** Where the user's function fails, nobody knows what tags there should be. */
function lacksAny({ tags = [] }: Entry, expected: () => readonly string[]): boolean {
  try {
    return !expected().every((tag) => tags.includes(tag));
  } catch {
    return true;
  }
}
