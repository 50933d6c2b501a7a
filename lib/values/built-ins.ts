import { types } from 'node:util';

/** The classes of errors that the language itself throws. */
export const STANDARD_ERRORS = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
};

/** The classes whose instances show bytes. */
export const BINARY_VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

const PROTOTYPES: ReadonlySet<unknown> = new Set(
  [...[Map, Set, RegExp, ArrayBuffer, Buffer], ...Object.values(BINARY_VIEWS), ...Object.values(STANDARD_ERRORS)].map(
    (constructor) => constructor.prototype as unknown,
  ),
);

/**
 * Is `value` built-in data with contents of its own: Date, Map, Set, RegExp, Error, a buffer or a view of one? By its very
 * prototype: an instance of a class that extends one of them is a class instance.
 */
export function isBuiltInData(value: object): boolean {
  return PROTOTYPES.has(Object.getPrototypeOf(value)) || isPlainDate(value);
}

/** Fake timers put a class of their own, of the same name, in the place of Date. */
function isPlainDate(value: object): boolean {
  return types.isDate(value) && value.constructor.name === 'Date';
}

/** Is `value` an array or an object as literals make them, or an object without a prototype? */
export function isPlainData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype || prototype === null || (Array.isArray(value) && prototype === Array.prototype)
  );
}
