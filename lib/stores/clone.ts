import { isBuiltInData, isPlainData } from '../values/built-ins.js';

/** How a value must be treated so that callers cannot reach each other through it. */
export type Sharing = 'freezable' | 'must be cloned';

const TypedArray = Object.getPrototypeOf(Uint8Array) as abstract new () => NodeJS.TypedArray;

/**
 * Freezes the plain objects and arrays of `value`, all the way down, where that suffices: not where there are built-ins, which would
 * stay mutable. Other objects are left alone.
 */
export function deepFreeze(value: unknown): Sharing {
  const plain = new Set<object>();
  const sharing = sharingOf(value, plain);
  if (sharing === 'freezable') for (const object of plain) Object.freeze(object);
  return sharing;
}

/** What it passes of plain objects and arrays goes to `plain`. Accessors are not called. */
function sharingOf(value: unknown, plain: Set<object>): Sharing {
  if (typeof value !== 'object' || value === null || plain.has(value)) return 'freezable';
  if (isBuiltInData(value)) return 'must be cloned';
  if (!isPlainData(value)) return 'freezable';
  plain.add(value);
  for (const name of Reflect.ownKeys(value)) {
    const inner: unknown = Reflect.getOwnPropertyDescriptor(value, name)?.value;
    if (typeof inner === 'object' && sharingOf(inner, plain) === 'must be cloned') return 'must be cloned';
  }
  return 'freezable';
}

/**
 * A copy of all data: plain objects, arrays, Date, Map, Set, Error, RegExp, buffers and typed arrays; cycles and shared
 * references are kept. Functions and class instances have no copy that would be sure to work: they are shared.
 */
export function deepClone<T>(value: T, copies = new Map<object, object>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known as T;
  const copy = shellOf(value);
  if (copy === undefined) return value;
  copies.set(value, copy);
  copyContents(value, copy, copies);
  return copy as T;
}

/** An object of the same kind; for leaves already with their contents; `undefined` for what is shared. */
function shellOf(value: object): object | undefined {
  if (isPlainData(value)) return Array.isArray(value) ? new Array<unknown>(value.length) : emptyLike(value);
  return isBuiltInData(value) ? builtInShellOf(value) : undefined;
}

function emptyLike(value: object): object {
  return Object.create(Object.getPrototypeOf(value) as object | null) as object;
}

function builtInShellOf(value: object): object {
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof RegExp)
    return Object.assign(new RegExp(value.source, value.flags), { lastIndex: value.lastIndex });
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (value instanceof TypedArray) return value.slice();
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof DataView) {
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  return errorShellOf(value);
}

/** Made by `new`, for only then is it an Error to all who ask. */
function errorShellOf(value: object): object {
  const error = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(value) as object) as object;
  for (const name of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, name);
  return error;
}

function copyContents(from: object, to: object, copies: Map<object, object>): void {
  if (ArrayBuffer.isView(from) || from instanceof ArrayBuffer || from instanceof Date || from instanceof RegExp) return;
  if (from instanceof Map && to instanceof Map) {
    for (const [name, inner] of from) to.set(deepClone(name, copies), deepClone(inner, copies));
  } else if (from instanceof Set && to instanceof Set) {
    for (const inner of from) to.add(deepClone(inner, copies));
  } else {
    for (const name of Reflect.ownKeys(from)) copyProperty(from, to, name, copies);
  }
}

function copyProperty(from: object, to: object, name: PropertyKey, copies: Map<object, object>): void {
  const descriptor = Reflect.getOwnPropertyDescriptor(from, name);
  if (descriptor === undefined || (name === 'length' && Array.isArray(from))) return;
  if (name === 'stack' && from instanceof Error) {
    // In some versions of V8 an accessor, which would tell of the copy.
    Reflect.defineProperty(to, name, { value: from.stack, enumerable: false, writable: true, configurable: true });
    return;
  }
  if ('value' in descriptor) {
    // What was frozen when stored is the next caller's own once copied.
    const value: unknown = deepClone(descriptor.value as unknown, copies);
    Object.assign(descriptor, { value, writable: true, configurable: true });
  }
  Reflect.defineProperty(to, name, descriptor);
}
