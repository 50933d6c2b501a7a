import { CacheError, describeValue } from '../errors.js';
import { isBuiltInData } from '../values/built-ins.js';
import { encodeInstance, type ClassCodec } from './class-codec.js';

/** `json`: JSON gives it back as it is. `rich`: it takes more than JSON. `classes`: it has instances of classes that are known. */
export type ValueKind = 'json' | 'rich' | 'classes';

/** An instance of a class that is known, with what its codec made of it. */
export interface SurveyedInstance {
  readonly codec: ClassCodec;
  readonly encoded: unknown;
}

/** What was found. */
export interface SurveyedValue {
  readonly kind: ValueKind;
  readonly instances: ReadonlyMap<unknown, SurveyedInstance>;
}

interface Survey extends SurveyedValue {
  readonly classes: ReadonlyMap<unknown, ClassCodec>;
  readonly instances: Map<unknown, SurveyedInstance>;
  readonly seen: Set<object>;
  /** The objects that the place under survey is within, the outermost first. */
  readonly open: object[];
  kind: ValueKind;
}

const NO_CLASSES: ReadonlyMap<unknown, ClassCodec> = new Map();

/**
 * Looks through all of `value`: can it be given back as it is, and does that take more than JSON? `classes` are those that are
 * known, by the prototype of their instances.
 * @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` naming the place of what cannot: functions, symbols, accessors, hidden
 * properties, class instances, and objects nested too deeply to be walked
 */
export function surveyValue(value: unknown, classes = NO_CLASSES): SurveyedValue {
  const survey: Survey = { classes, instances: new Map(), seen: new Set(), open: [], kind: 'json' };
  try {
    visit(value, survey, '');
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', 'Expected a value that is not nested this deeply', { cause });
  }
  return survey.instances.size === 0 ? survey : { kind: 'classes', instances: survey.instances };
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
    visitAgain(value, survey, path);
    return;
  }
  survey.seen.add(value);
  survey.open.push(value);
  visitContents(value, survey, path);
  survey.open.pop();
}

/** A cycle, or a reference shared by two places: JSON would make two of it. */
function visitAgain(value: object, survey: Survey, path: string): void {
  const start = survey.open.indexOf(value);
  if (start !== -1) checkCycle(survey.open.slice(start), value, survey, path);
  survey.kind = 'rich';
}

/** An Error is revived only when all of it is, and so is what a pair of functions encodes and decodes. */
function checkCycle(cycle: readonly object[], value: object, { instances }: Survey, path: string): void {
  for (const object of cycle) {
    const codec = instances.get(object)?.codec;
    if (codec?.isOfFields === false)
      throw unsupported(value, path, `a cycle through ${codec.name}, which has a codec pair`);
    if (codec === undefined && object instanceof Error) throw unsupported(value, path, 'a cycle through an Error');
  }
}

function visitContents(value: object, survey: Survey, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) && prototype === Array.prototype) {
    visitArray(value, survey, path);
  } else if (prototype === Object.prototype) {
    visitProperties(value, survey, path, 'enumerable');
  } else if (prototype === null) {
    survey.kind = 'rich';
    visitProperties(value, survey, path, 'enumerable');
  } else {
    visitInstance(value, prototype, survey, path);
  }
}

function visitInstance(value: object, prototype: unknown, survey: Survey, path: string): void {
  const codec = survey.classes.get(prototype);
  if (codec !== undefined) {
    visitKnown(value, codec, survey, path);
  } else if (isBuiltInData(value)) {
    survey.kind = 'rich';
    visitRich(value, survey, path);
  } else {
    throw unsupported(value, path);
  }
}

/** Encoded once, and noted before what it holds is looked at: that may lead back to it. Accessors are not called. */
function visitKnown(value: object, codec: ClassCodec, survey: Survey, path: string): void {
  survey.instances.set(value, { codec, encoded: undefined });
  if (codec.isOfFields) visitProperties(value, survey, path, 'enumerable');
  const encoded = encodeInstance(codec, value, `value${path}`);
  survey.instances.set(value, { codec, encoded });
  if (!codec.isOfFields) visit(encoded, survey, `${path}<encoded>`);
}

/** Goes by the elements that are there, for an array may be longer than memory. */
function visitArray(array: readonly unknown[], survey: Survey, path: string): void {
  const names = Reflect.ownKeys(array).filter((name) => name !== 'length');
  if (names.length !== array.length) survey.kind = 'rich';
  for (const name of names) {
    if (typeof name === 'symbol' || !/^\d+$/.test(name))
      throw unsupported(array, path, 'an array with named properties');
    visitProperty(array, name, survey, `${path}[${name}]`, 'enumerable');
  }
}

function visitRich(value: object, survey: Survey, path: string): void {
  if (value instanceof Error) {
    visitProperties(value, survey, path, 'all');
    return;
  }
  if (hasNamedProperties(value)) throw unsupported(value, path, 'a built-in object with named properties');
  if (value instanceof Map) {
    for (const [name, inner] of value) {
      visit(name, survey, `${path}<key>`);
      visit(inner, survey, `${path}<value>`);
    }
  } else if (value instanceof Set) {
    for (const inner of value) visit(inner, survey, `${path}<member>`);
  }
}

/** Views longer than this are not looked through: each element is a property, and binary data has hardly ever others. */
const MAX_VIEW_NAMES = 1_024;

/** The elements of a view are own properties too; `lastIndex` is one of a RegExp, and lost unless it is 0. */
function hasNamedProperties(value: object): boolean {
  if (value instanceof RegExp) return value.lastIndex !== 0 || Reflect.ownKeys(value).length > 1;
  const indices = ArrayBuffer.isView(value) && !(value instanceof DataView) ? (value as Uint8Array).length : 0;
  return indices <= MAX_VIEW_NAMES && Reflect.ownKeys(value).length > indices;
}

type Visibility = 'enumerable' | 'all';

/** The `stack` of an Error is text, but in some versions of V8 behind an accessor. */
function visitProperties(value: object, survey: Survey, path: string, allowed: Visibility): void {
  for (const name of Reflect.ownKeys(value)) {
    const place = `${path}.${String(name)}`;
    if (typeof name === 'symbol') throw unsupported(name, place, 'a symbol as the name of a property');
    if (name === 'stack' && value instanceof Error) continue;
    visitProperty(value, name, survey, place, allowed);
  }
}

function visitProperty(value: object, name: string, survey: Survey, place: string, allowed: Visibility): void {
  const descriptor = Reflect.getOwnPropertyDescriptor(value, name);
  if (descriptor === undefined || !('value' in descriptor)) throw unsupported(value, place, 'an accessor');
  if (allowed === 'enumerable' && descriptor.enumerable !== true) throw unsupported(value, place, 'a hidden property');
  visit(descriptor.value, survey, place);
}

function unsupported(value: unknown, path: string, found = describeValue(value)): CacheError {
  return new CacheError(
    'ERR_CACHE_VALUE_UNSUPPORTED',
    `Expected a value of plain objects, arrays and built-in data, got ${found} at value${path}`,
  );
}
