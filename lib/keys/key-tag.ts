import type { CacheKey } from './cache-key.js';
import type { KeyPartOf } from './key-part.js';
import { KeyPattern } from './key-pattern.js';

const patterns = new WeakMap<TemplateStringsArray, KeyPattern>();

/** The one asked for last is often the next one too, and found without a look into the map. */
let lastLiterals: TemplateStringsArray | undefined;
let lastPattern: KeyPattern | undefined;

/**
 * Makes a key: `` key`user:${id}` ``. Literal parts are taken as written; every interpolated part is escaped, so that no
 * two different lists of parts name the same entry. Numbers and strings that print alike are the same part.
 *
 * @throws CacheError `ERR_CACHE_KEY_PART_INVALID` when a part has no identity (a function, a Map, a class instance
 * without `toCacheKey()`); `ERR_CACHE_KEY_TEMPLATE_INVALID` when a literal part has braces or control characters, or
 * the literal parts begin with `@`, are empty, or are longer than 256 bytes.
 */
export function key<const P extends readonly unknown[]>(
  literals: TemplateStringsArray,
  ...parts: P & { [I in keyof P]: KeyPartOf<P[I]> }
): CacheKey {
  return patternOf(literals).keyOf(parts);
}

function patternOf(literals: TemplateStringsArray): KeyPattern {
  if (literals === lastLiterals && lastPattern !== undefined) return lastPattern;
  let pattern = patterns.get(literals);
  if (pattern === undefined) {
    pattern = new KeyPattern(literals);
    patterns.set(literals, pattern);
  }
  lastLiterals = literals;
  lastPattern = pattern;
  return pattern;
}
