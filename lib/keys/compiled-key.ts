import { CacheKey } from './cache-key.js';

/** What a call makes of its arguments: a template the text alone, which is all that a hit needs; a function a whole key. */
export type MadeKey = string | CacheKey;

/** Makes a key; `self` is the instance, from which a scope may come. */
export type MakeKey<K extends MadeKey = MadeKey> = (args: readonly unknown[], self: unknown) => K;

/** The text of the key of a call with this argument before all others. */
export type TextOfFirst = (first: unknown) => string;

/** The compiled form of a key source. */
export class CompiledKey {
  /** Throws a CacheError, or what the user's own functions throw. */
  readonly make: MakeKey;
  /** The same where the first argument decides alone: most keys then need no list of arguments. Absent for all others. */
  readonly textOfFirst: TextOfFirst | undefined;
  readonly #pattern: string;

  static ofTexts(pattern: string, make: MakeKey<string>): CompiledKey {
    return new CompiledKey(make, undefined, pattern);
  }

  static ofFirst(pattern: string, textOf: TextOfFirst): CompiledKey {
    return new CompiledKey(([first]) => textOf(first), textOf, pattern);
  }

  static ofKeys(make: MakeKey<CacheKey>): CompiledKey {
    return new CompiledKey(make, undefined, '');
  }

  private constructor(make: MakeKey, textOfFirst: TextOfFirst | undefined, pattern: string) {
    this.make = make;
    this.textOfFirst = textOfFirst;
    this.#pattern = pattern;
  }

  /** The whole key of what {@link make} made. */
  whole(made: MadeKey): CacheKey {
    return typeof made === 'string' ? CacheKey.of(this.#pattern, made) : made;
  }

  keyOf(args: readonly unknown[], self?: unknown): CacheKey {
    return this.whole(this.make(args, self));
  }
}
