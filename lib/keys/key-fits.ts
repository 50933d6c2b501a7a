import type { CacheKey } from './cache-key.js';
import type { IsKeyPart } from './key-part.js';
import type { KeySource } from './key-source.js';

// The compile-time half of keys: does a key source fit a method? Each type is `unknown` when it does (a neutral
// element in an intersection) and otherwise a sentence, which no method is assignable to and the compiler prints.

/** The shape of a method that can be cached. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- only `any` accepts every `this` and every parameter list
export type AsyncMethod = (this: any, ...args: any[]) => Promise<any>;

/** Does the key source `K` fit a method with the arguments `A`? */
export type KeyFits<K extends KeySource, A extends readonly unknown[]> = K extends CacheKey
  ? unknown
  : K extends string
    ? TemplateFits<K, A>
    : K extends (...args: infer KeyArgs extends readonly unknown[]) => CacheKey
      ? // As a whole: of a union, one fitting member would do for all.
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments after the key's own are free
        [A] extends [readonly [...KeyArgs, ...any[]]]
        ? unknown
        : 'the parameters of the key function must match the leading parameters of the method'
      : 'a key function must return key`…`';

/** Are all placeholders of the template within the arguments `A`, and can each be part of a key? */
export type TemplateFits<Template extends string, A extends readonly unknown[]> = string extends Template
  ? unknown
  : Template extends `${string}{${infer Placeholder}}${infer Rest}`
    ? PlaceholderFits<Placeholder, A> extends true
      ? TemplateFits<Rest, A>
      : `the placeholder {${Placeholder}} must lead to an argument that can be part of a key`
    : unknown;

type PlaceholderFits<Placeholder extends string, A extends readonly unknown[]> =
  LookUp<A, Placeholder> extends { found: infer T } ? IsKeyPart<T> : false;

/** The type at a path, boxed so that a found `never` or `undefined` differs from nothing found. */
type LookUp<A extends readonly unknown[], Path extends string> = Path extends `${infer Position}.${infer Rest}`
  ? At<A, Position> extends { found: infer T }
    ? Walk<T, Rest>
    : never
  : At<A, Path>;

type Walk<T, Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? Property<T, Name> extends { found: infer U }
    ? Walk<U, Rest>
    : never
  : Property<T, Path>;

/** `keyof` of a tuple includes `number`, so a position is looked up by its string index; past those come rest parameters. */
type At<A extends readonly unknown[], Position extends string> = Position extends `${number}`
  ? Position extends keyof A
    ? { found: A[Position] }
    : number extends A['length']
      ? { found: A[number] }
      : never
  : never;

type Property<T, Name extends string> = Name extends keyof NonNullable<T>
  ? { found: NonNullable<T>[Name] | Extract<T, null | undefined> }
  : never;
