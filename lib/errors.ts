/** Every code that a {@link CacheError} can carry. Each has a section in `docs/errors.md`; a spec keeps the two equal. */
export const CACHE_ERROR_CODES = [
  'ERR_CACHE_OPTION_INVALID',
  'ERR_CACHE_DURATION_INVALID',
  'ERR_CACHE_KEY_TEMPLATE_INVALID',
  'ERR_CACHE_KEY_PART_INVALID',
  'ERR_CACHE_KEY_INVALID',
  'ERR_CACHE_TAG_INVALID',
  'ERR_CACHE_METHOD_UNSUPPORTED',
  'ERR_CACHE_BATCH_INVALID',
  'ERR_CACHE_VALUE_UNSUPPORTED',
  'ERR_CACHE_ENTRY_UNREADABLE',
  'ERR_CACHE_STORE_DEADLINE',
  'ERR_CACHE_STORE_UNAVAILABLE',
  'ERR_CACHE_LOAD_TIMEOUT',
  'ERR_CACHE_INVALIDATION_PENDING',
  'ERR_CACHE_AUDIT_FAILED',
] as const;

/** A stable name for what went wrong; branch on this, never on the message. */
export type CacheErrorCode = (typeof CACHE_ERROR_CODES)[number];

const BRAND = Symbol.for('freshkeep.CacheError');

/**
 * The one error class of freshkeep. The user's own errors are never wrapped in it: what a method throws reaches its
 * caller as the same object.
 */
export class CacheError extends Error {
  override readonly name = 'CacheError';
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Is `error` a CacheError, even one thrown by another copy of this package in the same process? */
  static is(error: unknown): error is CacheError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

/** What is told of a wrong option: its name, what was expected of it, and what was given. */
export function invalidOption(option: string, expectation: string, value: unknown): CacheError {
  const message = `Expected \`${option}\` to be ${expectation}, got ${describeValue(value)}`;
  return new CacheError('ERR_CACHE_OPTION_INVALID', message);
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` where there are no options at all */
export function checkObject<T>(option: string, options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw invalidOption(option, 'an object', options);
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkFunction<T>(option: string, value: T): T {
  if (typeof value === 'function') return value;
  throw invalidOption(option, 'a function', value);
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkBoolean(option: string, value: boolean): boolean {
  if (typeof (value as unknown) === 'boolean') return value;
  throw invalidOption(option, 'true or false', value);
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkCount(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidOption(option, 'a whole number of at least 1', value);
}

/** How a wrong value is shown in a message: short, on one line, and never throwing. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return value.name === '' ? 'a function' : `function ${value.name}`;
    case 'object':
      return describeObject(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

/** A getter or a proxy may throw: then the kind of value must do. */
function describeObject(value: object | null): string {
  if (value === null) return 'null';
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const constructor: unknown = Reflect.get(value, 'constructor');
    const name = typeof constructor === 'function' ? constructor.name : '';
    return name === '' || name === 'Object' ? 'an object' : `an instance of ${name}`;
  } catch {
    return 'an object';
  }
}

/** What was thrown, on one line, whatever it is, and never throwing itself. */
export function describeThrown(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return describeValue(thrown);
  }
}
