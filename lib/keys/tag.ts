import { CacheError, describeValue } from '../errors.js';

/** Longer ones are refused, in UTF-16 units: a tag is a label, not data. */
const LONGEST_TAG = 256;
/** Each entry carries all of its tags, and each hit compares them. */
const MOST_TAGS = 100;

/**
 * The tags in `list`, each once.
 * @throws CacheError `ERR_CACHE_TAG_INVALID` for what is no list of at most 100 strings of 1 to 256 characters
 */
export function checkTags(option: string, list: unknown): readonly string[] {
  if (!Array.isArray(list)) throw invalidTag(`\`${option}\` to be a list of strings`, list);
  const tags = new Set<string>(list.map((tag) => checkTag(option, tag)));
  if (tags.size <= MOST_TAGS) return [...tags];
  throw invalidTag(`\`${option}\` to be at most ${MOST_TAGS} tags`, tags.size);
}

function checkTag(option: string, tag: unknown): string {
  if (typeof tag === 'string' && tag !== '' && tag.length <= LONGEST_TAG) return tag;
  throw invalidTag(`each of \`${option}\` to be a string of 1 to ${LONGEST_TAG} characters`, tag);
}

function invalidTag(expectation: string, found: unknown): CacheError {
  return new CacheError('ERR_CACHE_TAG_INVALID', `Expected ${expectation}, got ${describeValue(found)}`);
}
