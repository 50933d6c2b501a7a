import { CacheKey } from './cache-key.js';

/** What a call makes of its arguments: a template the text alone, which is all that a hit needs; a function a whole key. */
export type MadeKey = string | CacheKey;

/** Makes a key; `self` is the instance, from which a scope may come. */
export type MakeKey<K extends MadeKey = MadeKey> = (args: readonly unknown[], self: unknown) => K;

/** The compiled form of a key source. */
export class CompiledKey {
  /** Throws a CacheError, or what the user's own functions throw. */
  readonly make: MakeKey;
  readonly #pattern: string;

  static ofTexts(pattern: string, make: MakeKey<string>): CompiledKey {
    return new CompiledKey(make, pattern);
  }

  static ofKeys(make: MakeKey<CacheKey>): CompiledKey {
    return new CompiledKey(make, '');
  }

  private constructor(make: MakeKey, pattern: string) {
    this.make = make;
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
