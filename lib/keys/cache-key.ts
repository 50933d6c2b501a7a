import { createHash } from 'node:crypto';

import { CacheError, describeValue } from '../errors.js';
import { encodeKeyPart } from './key-part.js';

/** Keys whose text takes more bytes than this are shortened. */
export const MAX_KEY_BYTES = 512;

/** UTF-8 takes at most three bytes for a UTF-16 unit, so a text this short needs no counting. */
const SURELY_SHORT = Math.floor(MAX_KEY_BYTES / 3);

/**
 * The name of an entry, made by the tag `key` or by a template string: two keys name the same entry if and only if
 * their `text` is equal.
 */
export class CacheKey {
  /** The literal parts, with `{}` where arguments stand: `user:{}`. Reports speak of patterns, never of keys. */
  readonly pattern: string;
  /** The whole key, at most 512 bytes. */
  readonly text: string;

  private constructor(pattern: string, text: string) {
    this.pattern = pattern;
    this.text = text;
  }

  /** @internal A key of a text that {@link fitText} has seen. */
  static of(pattern: string, text: string): CacheKey {
    return new CacheKey(pattern, text);
  }

  /**
   * The same key within `scope` (a tenant, say). No argument can imitate a scope: `@` is escaped in parts, and no
   * pattern may begin with it.
   * @throws CacheError `ERR_CACHE_OPTION_INVALID` for what is no string: a missing tenant must not become one of its own
   */
  within(scope: unknown): CacheKey {
    if (typeof scope !== 'string') {
      const message = `Expected \`scope\` to be a function that returns a string, which returned ${describeValue(scope)}`;
      throw new CacheError('ERR_CACHE_OPTION_INVALID', message);
    }
    return new CacheKey(this.pattern, fitText(`@{}:${this.pattern}`, `@${encodeKeyPart(scope)}:${this.text}`));
  }

  toString(): string {
    return this.text;
  }
}

/** `text` as a key has it: `~` where it would be empty, as no part is; past 512 bytes the parts give way to the SHA-256 of the whole. */
export function fitText(pattern: string, text: string): string {
  if (text.length <= SURELY_SHORT) return text === '' ? '~' : text;
  return Buffer.byteLength(text) <= MAX_KEY_BYTES ? text : shorten(pattern, text);
}

/** `*` and `~sha256` stand in no encoded part, so no short key of the same pattern is ever equal to a shortened one. */
function shorten(pattern: string, text: string): string {
  return `${pattern.replaceAll('{}', '*')}~sha256-${createHash('sha256').update(text).digest('hex')}`;
}
