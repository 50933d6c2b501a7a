import { CacheError, describeValue } from '../errors.js';

/** `json`: JSON gives it back as it is. `rich`: it takes more than JSON. */
export type ValueKind = 'json' | 'rich';

const RICH_PROTOTYPES: ReadonlySet<unknown> = new Set(
  [
    Date,
    Map,
    Set,
    RegExp,
    ArrayBuffer,
    DataView,
    Buffer,
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
    ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError],
  ].map((constructor) => constructor.prototype as unknown),
);

interface Survey {
  readonly seen: Set<object>;
  kind: ValueKind;
}

/**
 * Looks through all of `value`: can it be given back as it is, and does that take more than JSON?
 * @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` naming the place of what cannot: functions, symbols, accessors, hidden
 * properties, class instances, and objects nested too deeply to be walked
 */
export function surveyValue(value: unknown): ValueKind {
  const survey: Survey = { seen: new Set(), kind: 'json' };
  try {
    visit(value, survey, '');
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', 'Expected a value that is not nested this deeply', { cause });
  }
  return survey.kind;
}

function visit(value: unknown, survey: Survey, path: string): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) survey.kind = 'rich';
      return;
    case 'undefined':
    case 'bigint':
      survey.kind = 'rich';
      return;
    case 'object':
      if (value !== null) visitObject(value, survey, path);
      return;
    default:
      throw unsupported(value, path);
  }
}

function visitObject(value: object, survey: Survey, path: string): void {
  if (survey.seen.has(value)) {
    // A cycle, or a reference shared by two places: JSON would make two of it.
    survey.kind = 'rich';
    return;
  }
  survey.seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) && prototype === Array.prototype) {
    visitArray(value, survey, path);
  } else if (prototype === Object.prototype) {
    visitProperties(value, survey, path, 'enumerable');
  } else if (prototype === null) {
    survey.kind = 'rich';
    visitProperties(value, survey, path, 'enumerable');
  } else if (RICH_PROTOTYPES.has(prototype)) {
    survey.kind = 'rich';
    visitRich(value, survey, path);
  } else {
    throw unsupported(value, path);
  }
}

function visitArray(array: readonly unknown[], survey: Survey, path: string): void {
  const names = Object.keys(array);
  if (names.length !== array.length) survey.kind = 'rich';
  if (names.some((name) => !/^\d+$/.test(name))) throw unsupported(array, path, 'an array with named properties');
  for (let index = 0; index < array.length; index += 1) visit(array[index], survey, `${path}[${index}]`);
}

function visitRich(value: object, survey: Survey, path: string): void {
  if (value instanceof Map) {
    for (const [name, inner] of value) {
      visit(name, survey, `${path}<key>`);
      visit(inner, survey, `${path}<value>`);
    }
  } else if (value instanceof Set) {
    for (const inner of value) visit(inner, survey, `${path}<member>`);
  } else if (value instanceof Error) {
    visitProperties(value, survey, path, 'all');
  } else if (!ArrayBuffer.isView(value)) {
    const names = Reflect.ownKeys(value).filter((name) => name !== 'lastIndex');
    if (names.length > 0) throw unsupported(value, path, 'a built-in object with named properties');
  }
}

function visitProperties(value: object, survey: Survey, path: string, allowed: 'enumerable' | 'all'): void {
  for (const name of Reflect.ownKeys(value)) {
    const place = `${path}.${String(name)}`;
    const descriptor = Reflect.getOwnPropertyDescriptor(value, name);
    if (typeof name === 'symbol') throw unsupported(name, place, 'a symbol as the name of a property');
    if (descriptor === undefined || !('value' in descriptor)) throw unsupported(value, place, 'an accessor');
    if (allowed === 'enumerable' && descriptor.enumerable !== true)
      throw unsupported(value, place, 'a hidden property');
    visit(descriptor.value, survey, place);
  }
}

function unsupported(value: unknown, path: string, found = describeValue(value)): CacheError {
  return new CacheError(
    'ERR_CACHE_VALUE_UNSUPPORTED',
    `Expected a value of plain objects, arrays and built-in data, got ${found} at value${path}`,
  );
}
