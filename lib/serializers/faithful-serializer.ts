import { parse, stringify } from 'devalue';

import { CacheError, describeThrown } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { BINARY_VIEWS, STANDARD_ERRORS } from '../values/built-ins.js';
import { copyTree } from '../values/tree.js';
import type { ClassCodec } from './class-codec.js';
import { ClassTable } from './class-table.js';
import { surveyValue } from './survey-value.js';
import type { Serializer } from './serializer.js';

const JSON_BODY = 'J';
const RICH_BODY = 'D';
/** As {@link RICH_BODY}, with instances of classes. Who knows none of them knows this letter neither, or not the class. */
const CLASS_BODY = 'C';

type ErrorName = keyof typeof STANDARD_ERRORS;
type ViewName = keyof typeof BINARY_VIEWS;

export interface FaithfulSerializerOptions {
  /** The classes whose instances are stored, each with its codec. Default: none. */
  readonly classes?: readonly ClassCodec[];
}

const SERIALIZER_OPTIONS: NamesOf<FaithfulSerializerOptions> = { classes: true };

/**
 * The default: a value read back equals the value written, with its Dates, Maps, Sets, bigints, Buffers, typed arrays,
 * `undefined`, `NaN`, Errors and cycles. Values that are plain JSON are stored as JSON, which is the fastest to read;
 * others in the format of `devalue`. Functions, symbols, accessors and instances of classes without a codec are refused.
 */
export class FaithfulSerializer implements Serializer {
  readonly id: string = 'f1';
  readonly #classes: ClassTable;
  readonly #revivers: NonNullable<Parameters<typeof parse>[1]>;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  constructor(options: FaithfulSerializerOptions = {}) {
    const { classes = [] } = checkOptionNames('options', options, SERIALIZER_OPTIONS);
    this.#classes = new ClassTable(classes);
    this.#revivers = { ...REVIVERS, ...this.#classes.revivers };
  }

  serialize(value: unknown): Buffer {
    const { kind, instances } = surveyValue(value, this.#classes.byPrototype);
    switch (kind) {
      case 'json':
        return Buffer.from(JSON_BODY + written(() => JSON.stringify(value)));
      case 'rich':
        return Buffer.from(RICH_BODY + written(() => stringify(value, REDUCERS)));
      case 'classes': {
        // These first: an instance may be an Error, or a view, as well.
        const reducers = { ...this.#classes.reducersFor(instances), ...REDUCERS };
        return Buffer.from(CLASS_BODY + written(() => stringify(value, reducers)));
      }
    }
  }

  deserialize(bytes: Buffer): unknown {
    return this.deserializeText(bytes.toString());
  }

  mayDuplicate(body: Buffer | string): boolean {
    return (typeof body === 'string' ? body[0] : body.toString('latin1', 0, 1)) === JSON_BODY;
  }

  duplicate(value: unknown): unknown {
    return copyTree(value);
  }

  deserializeText(text: string): unknown {
    switch (text[0]) {
      case JSON_BODY:
        return JSON.parse(text.slice(1));
      case RICH_BODY:
        return parse(text.slice(1), REVIVERS);
      case CLASS_BODY:
        return parse(text.slice(1), this.#revivers, { operations: { set: define } });
      default:
        throw new CacheError(
          'ERR_CACHE_ENTRY_UNREADABLE',
          `Expected a body that begins with ${JSON_BODY}, ${RICH_BODY} or ${CLASS_BODY}`,
        );
    }
  }
}

/** Either format refuses what is nested too deeply for it. */
function written(write: () => string): string {
  try {
    return write();
  } catch (cause) {
    const message = `Expected a value that can be written: ${describeThrown(cause)}`;
    throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', message, { cause });
  }
}

/** In a cycle an object has its class before all of its fields: an assignment could meet a setter of that class. */
function define(target: object, name: PropertyKey, value: unknown): void {
  Reflect.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

/** The first that yields something truthy names the type. */
const REDUCERS = {
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  // Only the bytes in view: the rest of the underlying buffer may hold anything.
  View: (value: unknown) => ArrayBuffer.isView(value) && [viewName(value), bytesOf(value).toString('base64')],
  Error: (value: unknown) => value instanceof Error && reduceError(value),
};

const REVIVERS = {
  Buffer: ([base64]: [string]) => Buffer.from(base64, 'base64'),
  View: ([name, base64]: [ViewName, string]) => {
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    const View: new (buffer: ArrayBuffer) => ArrayBufferView = own(BINARY_VIEWS, name);
    return new View(bytes.buffer);
  },
  Error: reviveError,
};

function viewName(view: ArrayBufferView): string {
  return view instanceof DataView ? 'DataView' : view.constructor.name;
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

/** An Error as its class and its own properties; whether each is enumerable is part of its shape. */
function reduceError(error: Error): [string, [string, unknown, boolean][]] {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(error));
  return [
    error.constructor.name,
    properties.map(([name, { enumerable }]) => [name, Reflect.get(error, name), enumerable === true]),
  ];
}

function reviveError([name, properties]: [ErrorName, [string, unknown, boolean][]]): Error {
  const error = Object.setPrototypeOf(new Error(), own(STANDARD_ERRORS, name).prototype) as Error;
  for (const property of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, property);
  for (const [property, value, enumerable] of properties) {
    Object.defineProperty(error, property, { value, enumerable, writable: true, configurable: true });
  }
  return error;
}

/** Only what the table itself lists: a name from outside must not reach `Object.prototype`. */
function own<T extends object, N extends keyof T>(table: T, name: N): T[N] {
  if (Object.hasOwn(table, name)) return table[name];
  throw new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected one of ${Object.keys(table).join(', ')}`);
}
