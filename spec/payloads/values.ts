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
  'shared-and-cyclic': () => {
    const shared = { at: new Date(0) };
    const value: Record<string, unknown> = { one: shared, other: shared };
    value['self'] = value;
    return value;
  },
};

/** A stack that is the same on every machine. */
function withStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}\n    at golden (payload.js:1:1)`;
  return error;
}
