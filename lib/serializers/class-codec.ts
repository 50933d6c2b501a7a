import { CacheError, describeThrown, describeValue, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { isBuiltInData, isPlainData } from '../values/built-ins.js';

/** A class, whatever its constructor takes, and whoever may call it. */
export interface ClassOf<T extends object> {
  readonly prototype: T;
  readonly name: string;
}

interface NamedClass<T extends object> {
  /**
   * Stands in stored entries, so it must outlive releases and minifiers: 1 to 64 letters, digits or any of `_$@./:-`. Give a
   * class whose fields have changed another one (`User@2`): entries of before are misses then.
   */
  readonly name: string;
  /** Instances of this very class; a subclass has a codec of its own. */
  readonly class: ClassOf<T>;
}

/** A class whose own enumerable properties are all of its state: no `#private` members, no built-in class to extend. */
export interface ClassOfFields<T extends object> extends NamedClass<T> {
  readonly encode?: never;
  readonly decode?: never;
}

/** Any other class. */
export interface ClassWithPair<T extends object, Encoded> extends NamedClass<T> {
  /** All that it takes to make an equal instance: anything that can be stored, other instances included. */
  readonly encode: (instance: T) => Encoded;
  /** A new instance. What it throws makes the entry a miss. */
  readonly decode: (encoded: Encoded) => T;
}

const CLASS_CODEC_OPTIONS: NamesOf<ClassWithPair<object, unknown>> = {
  name: true,
  class: true,
  encode: true,
  decode: true,
};

/** How instances of one class are stored; made by {@link classCodec}. */
export class ClassCodec {
  readonly name: string;
  readonly prototype: object;
  readonly #pair: ClassWithPair<object, unknown> | undefined;

  constructor(options: ClassOfFields<object> | ClassWithPair<object, unknown>) {
    this.name = options.name;
    this.prototype = options.class.prototype;
    this.#pair = options.encode === undefined ? undefined : options;
  }

  /** Are its own enumerable properties what is stored of an instance? Then it may be part of a cycle. */
  get isOfFields(): boolean {
    return this.#pair === undefined;
  }

  /** @throws whatever the user's function throws */
  encode(instance: object): unknown {
    return this.#pair === undefined ? { ...instance } : this.#pair.encode(instance);
  }

  /**
   * The instance. Of fields, it is the very object that holds them, which may not have all of them yet: within a cycle it
   * is needed before.
   * @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE`, and whatever the user's function throws
   */
  decode(encoded: unknown): object {
    if (this.#pair === undefined) return this.#withPrototype(encoded);
    const instance = this.#pair.decode(encoded);
    if (this.#isInstance(instance)) return instance;
    throw unreadable(`\`decode\` of ${this.name} to return an instance of it, got ${describeValue(instance)}`);
  }

  #withPrototype(fields: unknown): object {
    if (this.#isInstance(fields)) return fields;
    if (typeof fields === 'object' && fields !== null && Object.getPrototypeOf(fields) === Object.prototype) {
      return Object.setPrototypeOf(fields, this.prototype) as object;
    }
    throw unreadable(`the fields of ${this.name}, got ${describeValue(fields)}`);
  }

  #isInstance(value: unknown): value is object {
    return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === this.prototype;
  }
}

/**
 * Says how instances of a class are stored: for `classes` of a `RedisStore` or a `FaithfulSerializer`.
 *
 * ```ts
 * classCodec({ name: 'User', class: User }) // all of its state are its own enumerable properties
 * classCodec({ name: 'Money', class: Money, encode: (money) => money.cents, decode: (cents) => new Money(cents) })
 * ```
 *
 * Without a pair, an instance is made without its constructor, from the properties that it had.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`
 */
export function classCodec<T extends object, Encoded>(options: ClassWithPair<T, Encoded>): ClassCodec;
export function classCodec<T extends object>(options: ClassOfFields<T>): ClassCodec;
export function classCodec(options: ClassOfFields<object> | ClassWithPair<object, unknown>): ClassCodec {
  checkOptionNames('classCodec', options, CLASS_CODEC_OPTIONS);
  checkName(options.name);
  checkClass(options.class);
  checkPair(options);
  return new ClassCodec(options);
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && /^[\w$@./:-]{1,64}$/.test(name)) return;
  throw invalidOption('name', '1 to 64 letters, digits or any of _$@./:-', name);
}

function checkClass(constructor: unknown): void {
  const prototype: unknown = typeof constructor === 'function' ? constructor.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null) throw invalidOption('class', 'a class', constructor);
  if (isKnownAnyway(prototype)) throw invalidOption('class', 'none that is stored as it is anyway', constructor);
}

function isKnownAnyway(prototype: object): boolean {
  if (prototype === Date.prototype || prototype === Array.prototype) return true;
  const example = Object.create(prototype) as object;
  return isPlainData(example) || isBuiltInData(example);
}

function checkPair(options: ClassOfFields<object> | ClassWithPair<object, unknown>): void {
  const { encode, decode } = options as Record<'encode' | 'decode', unknown>;
  if (encode === undefined && decode === undefined) {
    checkFields(options);
    return;
  }
  if (typeof encode !== 'function') throw invalidOption('encode', 'a function, as `decode` is there', encode);
  if (typeof decode !== 'function') throw invalidOption('decode', 'a function, as `encode` is there', decode);
}

function checkFields({ name, class: { prototype } }: NamedClass<object>): void {
  const obstacle = obstacleToFields(prototype);
  if (obstacle === undefined) return;
  throw new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`encode\` and \`decode\` for the class ${name}: ${obstacle}, which its own properties do not tell`,
  );
}

/** What TypeScript and esbuild make of private members counts as well. A text that only looks like one costs a pair. */
const PRIVATE_MEMBER = /\.\s*#[\p{ID_Start}$_]|#[\p{ID_Start}$_][\p{ID_Continue}$]*\s+in\b|__(?:classP|p)rivate/u;
const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;

/** The state that copying own properties would lose in silence, as far as the source of the class and those above it tells. */
function obstacleToFields(prototype: object): string | undefined {
  let above: object | null = prototype;
  for (; above !== null && above !== Object.prototype; above = Object.getPrototypeOf(above) as object | null) {
    const { constructor } = above;
    const source = typeof constructor === 'function' ? Function.prototype.toString.call(constructor) : '';
    if (NATIVE.test(source)) return `it is, or extends, the built-in ${constructor.name}`;
    if (PRIVATE_MEMBER.test(source)) return `${constructor.name} has private members`;
  }
  return undefined;
}

/** @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` where the user's function throws */
export function encodeInstance(codec: ClassCodec, instance: object, place: string): unknown {
  try {
    return codec.encode(instance);
  } catch (cause) {
    const message = `Expected \`encode\` of ${codec.name} to work at ${place}: ${describeThrown(cause)}`;
    throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', message, { cause });
  }
}

function unreadable(expectation: string): CacheError {
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected ${expectation}`);
}
