import { CacheError, describeValue } from '../errors.js';

/** An object that says itself how it stands in a key: as the string that it returns. */
export interface CacheKeyable {
  toCacheKey(): string;
}

/** The values that stand in a key as they are. */
export type KeyPrimitive = string | number | bigint | boolean | null | undefined | Date;

/**
 * `T` where it can be part of a key: a primitive but a symbol, a Date, an array or a plain object of those, or an object
 * with `toCacheKey(): string`. Elsewhere a sentence that no value fits, so that the compiler shows it.
 */
export type KeyPartOf<T> = T extends KeyPrimitive | CacheKeyable
  ? T
  : T extends symbol | ((...args: never[]) => unknown)
    ? 'a function or symbol cannot be part of a key'
    : T extends object
      ? [keyof T] extends [never]
        ? 'an object of unknown properties cannot be part of a key'
        : { [P in keyof T]: KeyPartOf<T[P]> }
      : 'unknown cannot be part of a key';

/** `true` where every value of type `T` can be part of a key. */
export type IsKeyPart<T> = [T] extends [KeyPartOf<T>] ? true : false;

/** A part made of more values than this, or nested deeper, is refused: such a key is a mistake, not an identity. */
const MAX_VALUES = 1_000;
const MAX_DEPTH = 20;

/** Strings of these characters alone stand in a key as they are. */
const PLAIN = /^[A-Za-z0-9._-]*$/;
const LONE_SURROGATE = /^[\ud800-\udfff]$/;

/**
 * The encoding of one part. Its characters outside parentheses are `A-Z a-z 0-9 . _ - % ~` alone, and parentheses are
 * balanced: so a part ends where the first other character stands, whatever it holds. `~` begins what is not a string
 * and never stands in an encoded string, so no string can imitate `null`, a Date or an object.
 *
 * @throws CacheError `ERR_CACHE_KEY_PART_INVALID` for what has no identity: functions, symbols, Maps, class instances
 * without `toCacheKey()`, cycles, and objects of more than 1,000 values or 20 levels.
 */
export function encodeKeyPart(part: unknown): string {
  if (typeof part === 'string' && PLAIN.test(part)) return part;
  if (isPlainNumber(part) || Object.is(part, 0)) return String(part);
  return encode(part, { left: MAX_VALUES }, 0);
}

/** Does it stand in a key as it prints, as most ids do? Not so zero, as `-0` prints alike, nor what prints with a `+`. It takes 24 characters at most. */
export function isPlainNumber(part: unknown): part is number {
  return typeof part === 'number' && part > 0 && part < 1e21;
}

interface Budget {
  left: number;
}

function encode(value: unknown, budget: Budget, depth: number): string {
  budget.left -= 1;
  if (budget.left < 0) throw unfit(value, `an object of at most ${MAX_VALUES} values`);
  if (depth > MAX_DEPTH) throw unfit(value, `an object of at most ${MAX_DEPTH} levels without a cycle`);
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      return encodeNumber(value);
    case 'bigint':
      return String(value);
    case 'boolean':
    case 'undefined':
      return `~${value}`;
    case 'object':
      return value === null ? '~null' : encodeObject(value, budget, depth + 1);
    default:
      throw unfit(value);
  }
}

function encodeString(text: string): string {
  if (PLAIN.test(text)) return text;
  let encoded = '';
  for (const character of text) {
    encoded += PLAIN.test(character) ? character : escape(character);
  }
  return encoded;
}

/** Percent-encoded UTF-8 (RFC 3986); half a surrogate pair has no UTF-8 and is written `%u`, which UTF-8 cannot yield. */
function escape(character: string): string {
  if (LONE_SURROGATE.test(character)) return `%u${character.charCodeAt(0).toString(16)}`;
  return encodeURIComponent(character).replace(
    /[!~*'()]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** As the string that prints alike, but for those that print like nothing else: `-0` prints like `0`. */
function encodeNumber(number: number): string {
  if (Number.isFinite(number) && !Object.is(number, -0)) return encodeString(String(number));
  return Object.is(number, -0) ? '~-0' : `~${number}`;
}

function encodeObject(object: object, budget: Budget, depth: number): string {
  if (object instanceof Date) return `~date(${object.getTime()})`;
  if (Array.isArray(object)) {
    return `~(${Array.from(object, (item: unknown) => `${encode(item, budget, depth)},`).join('')})`;
  }
  if ('toCacheKey' in object) return encodeKeyable(object);
  if (!isPlain(object)) throw unfit(object);
  const names = Object.keys(object).sort();
  const members = names.map((name) => `${encodeString(name)}=${encode(Reflect.get(object, name), budget, depth)},`);
  return `~o(${members.join('')})`;
}

function encodeKeyable(object: { readonly toCacheKey: unknown }): string {
  const text: unknown =
    typeof object.toCacheKey === 'function' ? Reflect.apply(object.toCacheKey, object, []) : undefined;
  if (typeof text !== 'string') throw unfit(object, 'its `toCacheKey()` to return a string');
  return encodeString(text);
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  const plain = prototype === null || prototype === Object.prototype;
  return plain && Object.getOwnPropertySymbols(object).length === 0;
}

function unfit(value: unknown, expectation?: string): CacheError {
  const expected =
    expectation ??
    'a string, number, bigint, boolean, null, undefined, Date, an array or plain object of those, ' +
      'or an object with `toCacheKey(): string`';
  return new CacheError(
    'ERR_CACHE_KEY_PART_INVALID',
    `Expected a key part to be ${expected}, got ${describeValue(value)}`,
  );
}
