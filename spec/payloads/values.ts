import { classCodec } from '../../lib/serializers/class-codec.js';

/** All of its state are its own properties. */
export class Person {
  readonly id: number;
  readonly born: Date;
  friend: Person | undefined;

  constructor(id: number, born: Date) {
    this.id = id;
    this.born = born;
  }
}

/** Has a codec pair. */
export class Amount {
  readonly #cents: bigint;

  constructor(cents: bigint) {
    this.#cents = cents;
  }

  get cents(): bigint {
    return this.#cents;
  }
}

/** What the serializer of the payloads knows. */
export const PAYLOAD_CLASSES = [
  classCodec({ name: 'Person@1', class: Person }),
  classCodec({ name: 'Amount', class: Amount, encode: ({ cents }) => cents, decode: (cents) => new Amount(cents) }),
];

/** The values whose payloads are kept, by the name of their file. Add to them; a value that was released stays. */
export const PAYLOAD_VALUES: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  text: () => 'Ada "L" \\ \n \u2028 é 😀 \ud800',
  number: () => -1.5e-7,
  'negative-zero': () => -0,
  'not-a-number': () => NaN,
  bigint: () => 12345678901234567890n,
  plain: () => ({ id: 1, name: 'Ada', tags: ['a', 'b'], address: { city: 'London', zip: null }, active: true }),
  'own-proto': () => JSON.parse('{"__proto__":{"admin":true},"id":1}') as unknown,
  'without-prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  sparse: () => [1, , undefined, 4],
  date: () => new Date(1_700_000_000_123),
  'regular-expression': () => /a\/b\n[x]/giu,
  map: () =>
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: 1 }, new Map([[NaN, undefined]])],
    ]),
  set: () => new Set<unknown>([1, 'a', new Set([2n])]),
  buffer: () => Buffer.from([0, 1, 254, 255]),
  'array-buffer': () => new Uint8Array([1, 2, 3]).buffer,
  'typed-arrays': () => [
    new Int8Array([-128, 127]),
    new Uint8Array([0, 255]),
    new Uint8ClampedArray([0, 255]),
    new Int16Array([-32768]),
    new Uint16Array([65535]),
    new Int32Array([-(2 ** 31)]),
    new Uint32Array([2 ** 32 - 1]),
    new Float32Array([0.5, -0, NaN]),
    new Float64Array([0.1, -0, NaN]),
    new BigInt64Array([-(2n ** 63n)]),
    new BigUint64Array([2n ** 64n - 1n]),
    new DataView(new Uint8Array([1, 2, 3]).buffer),
  ],
  error: () =>
    withStack(Object.assign(new TypeError('own', { cause: withStack(new RangeError('below')) }), { code: 'E_OWN' })),
  'aggregate-error': () => withStack(new AggregateError([withStack(new SyntaxError('one')), 'two'], 'several')),
  instances: () => {
    const person = new Person(1, new Date(0));
    person.friend = person;
    const amount = new Amount(995n);
    return { person, amounts: [amount, amount], map: new Map([[person, new Person(2, new Date(1))]]) };
  },
  'shared-and-cyclic': () => {
    const shared = { at: new Date(0) };
    const value: Record<string, unknown> = { one: shared, other: shared };
    value['self'] = value;
    return value;
  },
};

/** A value whose payload is compressed, and the tags of its entry. */
export interface CompressedPayloadValue {
  readonly value: () => unknown;
  readonly tags?: ReadonlyMap<string, string>;
}

/**
 * What is kept of compressed entries. Another version of zlib may make other bytes of the same value: what is kept must be
 * read, and need not be what would be written.
 */
export const COMPRESSED_PAYLOAD_VALUES: Readonly<Record<string, CompressedPayloadValue>> = {
  plain: { value: () => Array.from({ length: 40 }, (_, id) => ({ id, name: `Ada ${id} ä 😀`, active: true })) },
  rich: { value: () => Array.from({ length: 40 }, (_, id) => new Map([[id, new Date(id)]])) },
  tagged: {
    value: () => 'Ada '.repeat(100),
    tags: new Map([
      ['catalogue', '1700000000000:a'],
      ['ä "7"', '1700000000001:b'],
    ]),
  },
  instances: { value: () => Array.from({ length: 20 }, (_, id) => new Person(id, new Date(id))) },
};

/** A stack that is the same on every machine. */
function withStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}\n    at golden (payload.js:1:1)`;
  return error;
}
