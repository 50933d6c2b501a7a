import { CacheError } from '../../errors.js';
import { KeyPattern } from '../../keys/key-pattern.js';
import { wrongUsage } from '../failure.js';
import { endOfPart, withoutScope } from './key-words.js';

const HASHED = /^~sha256-[0-9a-f]{64}$/;

/** Knows whether a key was made from a pattern such as `user:{}`, whatever its scope. */
export class PatternFilter {
  readonly pattern: string;
  readonly #literals: readonly string[];
  readonly #shortened: string;

  /** @throws Failure */
  constructor(pattern: string) {
    this.pattern = pattern;
    this.#literals = pattern.split('{}');
    this.#shortened = this.#literals.join('*');
    try {
      new KeyPattern(this.#literals);
    } catch (error) {
      throw wrongUsage(
        `${JSON.stringify(pattern)} is no pattern${CacheError.is(error) ? `: ${error.message}` : ''}`,
        'such as user:{}, with {} where arguments stand',
      );
    }
  }

  matches(text: string): boolean {
    const own = withoutScope(text);
    return this.#fits(own) || (own.startsWith(this.#shortened) && HASHED.test(own.slice(this.#shortened.length)));
  }

  #fits(text: string): boolean {
    const [first = '', ...rest] = this.#literals;
    const last = rest.pop();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const literal of rest) {
      at = endOfPart(text, at);
      // Where the literal itself does not show that the part has ended (`keys/key-pattern.ts`).
      if (!text.startsWith(literal, at) || literal === '' || endOfPart(literal, 0) > 0) {
        if (text[at] !== ';') return false;
        at += 1;
      }
      if (!text.startsWith(literal, at)) return false;
      at += literal.length;
    }
    const end = text.length - last.length;
    return at <= end && text.endsWith(last) && endOfPart(text.slice(0, end), at) === end;
  }
}
