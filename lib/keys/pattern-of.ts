import { CacheKey } from './cache-key.js';
import { compileKey, type KeySource } from './key-source.js';

/** More parameters than key functions have. */
const ARGUMENTS = 16;

/** A key function that looks at more properties than this might never end: of arguments that stand for any, each has all of them. */
const MOST_LOOKS = 1_000;

/** What makes one key function make several patterns: a condition. Neither `??` nor `?.` does. */
const CONDITION = /(?<!\?)\?(?![?.])|\b(?:if|switch)\b/;

/** The pattern of the keys that `source` makes; `undefined` where only real arguments tell: a key function that looks into them. */
export function patternOf(source: KeySource): string | undefined {
  if (source instanceof CacheKey) return source.pattern;
  if (typeof source === 'function' && CONDITION.test(Function.prototype.toString.call(source))) return undefined;
  const any = anyArgument();
  try {
    return compileKey('key', source).keyOf(Array.from({ length: ARGUMENTS }, () => any)).pattern;
  } catch {
    return undefined;
  }
}

/** Stands for any argument: a key part, and so is each of its properties. */
function anyArgument(): object {
  let looks = 0;
  const any: object = new Proxy(
    {},
    {
      has: () => true,
      get: (_target, name) => {
        looks += 1;
        if (looks > MOST_LOOKS) throw new Error('it looks at too much');
        return name === 'toCacheKey' || name === Symbol.toPrimitive ? () => '0' : any;
      },
    },
  );
  return any;
}
