import { CacheKey } from './cache-key.js';
import { compileKey, type KeySource } from './key-source.js';

/** Stands for any argument: a key part, and so is each of its properties. */
const ANY_ARGUMENT: object = new Proxy(
  {},
  {
    has: () => true,
    get: (_target, name) => (name === 'toCacheKey' || name === Symbol.toPrimitive ? () => '0' : ANY_ARGUMENT),
  },
);

/** More parameters than key functions have. */
const ARGUMENTS = Array.from({ length: 16 }, () => ANY_ARGUMENT);

/** The pattern of the keys that `source` makes; `undefined` where only real arguments tell: a key function that looks into them. */
export function patternOf(source: KeySource): string | undefined {
  if (source instanceof CacheKey) return source.pattern;
  try {
    return compileKey('key', source).keyOf(ARGUMENTS).pattern;
  } catch {
    return undefined;
  }
}
