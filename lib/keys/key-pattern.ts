import { CacheError, describeValue } from '../errors.js';
import { CacheKey, fitText } from './cache-key.js';
import { encodeKeyPart, isPlainNumber } from './key-part.js';

/** Longer literal parts would leave no room for the hash of a long key. */
const MAX_PATTERN_BYTES = 256;

/** What an encoded part may hold; a literal that begins otherwise shows where the part before it ended. */
const MAY_STAND_IN_PART = /^[A-Za-z0-9._%~()-]/;

/** Stands in no encoded part; put between two parts whose literal does not show where the first one ends. */
const TERMINATOR = ';';

/**
 * The literal parts of a key, checked once; it turns lists of parts into keys, and no two different lists into the same
 * one. For a part is followed either by the end of the key or by a character that no part can hold, so the parts can be
 * read back one after another.
 */
export class KeyPattern {
  /** `user:{}` */
  readonly name: string;
  readonly #first: string;
  readonly #rest: readonly string[];
  readonly #last: string;

  /** @throws CacheError `ERR_CACHE_KEY_TEMPLATE_INVALID` */
  constructor(literals: readonly string[]) {
    if (!isList(literals)) {
      const message = `Expected the tag key\`…\` to stand before a template, without parentheses, got ${describeValue(literals)}`;
      throw new CacheError('ERR_CACHE_KEY_TEMPLATE_INVALID', message);
    }
    this.name = literals.join('{}');
    for (const literal of literals) checkLiteral(literal, this.name);
    if (this.name === '' || this.name.startsWith('@') || Buffer.byteLength(this.name) > MAX_PATTERN_BYTES) {
      throw unfit(`literal parts of 1 to ${MAX_PATTERN_BYTES} bytes that do not begin with '@'`, this.name);
    }
    const [first = '', ...rest] = literals;
    this.#first = first;
    this.#last = rest.at(-1) ?? '';
    const last = rest.length - 1;
    this.#rest = rest.map((literal, index) => (isSeparator(literal, index === last) ? literal : TERMINATOR + literal));
  }

  /** @throws CacheError `ERR_CACHE_KEY_PART_INVALID` */
  keyOf(parts: readonly unknown[]): CacheKey {
    return CacheKey.of(this.name, this.textOf(parts));
  }

  /** The text of {@link keyOf}. */
  textOf(parts: readonly unknown[]): string {
    if (this.#rest.length === 1) return this.textOfOne(parts[0]);
    let text = this.#first;
    for (let index = 0; index < this.#rest.length; index += 1) {
      text += encodeKeyPart(parts[index]) + (this.#rest[index] ?? '');
    }
    return fitText(this.name, text);
  }

  /** {@link textOf} for the one part of most patterns, without a list. Beside literal parts as long as they may be, a number still fits. */
  textOfOne(part: unknown): string {
    return isPlainNumber(part) ? this.#around(`${part}`) : this.#textOfOther(part);
  }

  /** Apart from the hot path, which is compiled as a whole only while it is short (decision 13). */
  #textOfOther(part: unknown): string {
    return fitText(this.name, this.#around(encodeKeyPart(part)));
  }

  #around(encoded: string): string {
    const text = this.#first + encoded;
    return this.#last === '' ? text : text + this.#last;
  }
}

function isSeparator(literal: string, last: boolean): boolean {
  return last ? true : literal !== '' && !MAY_STAND_IN_PART.test(literal);
}

/** Braces mark placeholders here and hash tags in Redis Cluster; control characters have no place in a name. */
function checkLiteral(literal: string, name: string): void {
  if (/[{}\u0000-\u001f\u007f]/.test(literal)) throw unfit('literal parts without braces and control characters', name);
}

function unfit(expectation: string, name: string): CacheError {
  return new CacheError(
    'ERR_CACHE_KEY_TEMPLATE_INVALID',
    `Expected \`key\` to have ${expectation}, got ${describeValue(name)}`,
  );
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}
