import assert from 'node:assert/strict';

import { expect } from 'chai';
import fc from 'fast-check';
import { FaithfulSerializer } from 'freshkeep/redis';

import { expectCacheError } from '../support/cache-errors.js';

const serializer = new FaithfulSerializer();

function roundTrip(value: unknown): unknown {
  return serializer.deserialize(serializer.serialize(value));
}

/** Beyond `deepStrictEqual`: prototypes, and the order of properties. */
function expectSame(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(actual, expected);
  if (typeof expected !== 'object' || expected === null) return;
  expect(Object.getPrototypeOf(actual)).to.equal(Object.getPrototypeOf(expected));
  expect(Object.keys(actual as object)).to.deep.equal(Object.keys(expected));
}

const withoutPrototype = Object.assign(Object.create(null) as Record<string, unknown>, { a: 1, b: [2] });

/** `kind`: J where JSON suffices, D where it does not. */
const VALUES: readonly (readonly [title: string, value: unknown, kind: 'J' | 'D'])[] = [
  ['null', null, 'J'],
  ['true', true, 'J'],
  ['a string', 'Ada "L" \\ \n \u2028 é 😀', 'J'],
  ['the empty string', '', 'J'],
  ['a lone surrogate', '\ud800 and \udc00', 'J'],
  ['a number', -1.5e-7, 'J'],
  ['an empty object', {}, 'J'],
  ['nested plain data', { a: [1, { b: null }], 'c d': 'x' }, 'J'],
  ['an own property called constructor', { constructor: 1, toString: 'x' }, 'J'],
  ['undefined', undefined, 'D'],
  ['NaN', NaN, 'D'],
  ['negative zero', -0, 'D'],
  ['the infinities', [Infinity, -Infinity], 'D'],
  ['a bigint', -12345678901234567890n, 'D'],
  ['a property that is undefined', { a: undefined }, 'D'],
  ['an array with undefined', [undefined, null], 'D'],
  ['a sparse array', [1, , 3], 'D'],
  ['an array of holes', new Array(3), 'D'],
  ['a Date', new Date(1_700_000_000_123), 'D'],
  ['a regular expression', /a\/b\n[x]/giu, 'D'],
  [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: 1 }, new Map()],
      [NaN, undefined],
    ]),
    'D',
  ],
  ['a Set', new Set<unknown>([1, 'a', { b: new Set([2n]) }]), 'D'],
  ['an object without a prototype', withoutPrototype, 'D'],
  ['a lone surrogate beside a bigint', { '\udc00': '\ud800', n: 1n }, 'D'],
  ['a Buffer', Buffer.from([0, 1, 255]), 'D'],
  ['an empty Buffer', Buffer.alloc(0), 'D'],
  ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer, 'D'],
  ['an Int8Array', new Int8Array([-128, 127]), 'D'],
  ['a Uint8Array', new Uint8Array([0, 255]), 'D'],
  ['a Uint8ClampedArray', new Uint8ClampedArray([0, 255]), 'D'],
  ['an Int16Array', new Int16Array([-32768, 32767]), 'D'],
  ['a Uint16Array', new Uint16Array([0, 65535]), 'D'],
  ['an Int32Array', new Int32Array([-(2 ** 31), 2 ** 31 - 1]), 'D'],
  ['a Uint32Array', new Uint32Array([0, 2 ** 32 - 1]), 'D'],
  ['a Float32Array', new Float32Array([0.5, -0, NaN, Infinity]), 'D'],
  ['a Float64Array', new Float64Array([0.1, -0, NaN, Infinity]), 'D'],
  ['a BigInt64Array', new BigInt64Array([-(2n ** 63n)]), 'D'],
  ['a BigUint64Array', new BigUint64Array([2n ** 64n - 1n]), 'D'],
  ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer), 'D'],
  [
    'everything at once',
    { at: new Date(0), list: [new Map([[1n, new Set([undefined])]])], raw: Buffer.from('x') },
    'D',
  ],
];

describe('the faithful serializer gives back, equal with its prototype,', () => {
  for (const [title, value, kind] of VALUES) {
    it(title, () => {
      expect(serializer.serialize(value).toString('latin1', 0, 1)).to.equal(kind);
      expectSame(roundTrip(value), value);
      expectSame(roundTrip([value, { value }]), [value, { value }]);
    });
  }

  it('an invalid Date', () => {
    const read = roundTrip({ at: new Date(NaN) }) as { at: Date };
    expect(read.at).to.be.instanceOf(Date);
    expect(read.at.getTime()).to.deep.equal(NaN);
  });

  it('a value that is written again after it was read', () => {
    for (const [, value] of VALUES) expectSame(roundTrip(roundTrip(value)), value);
  });

  for (const Class of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]) {
    it(`a ${Class.name} with its message, stack, cause and further properties`, () => {
      const error = Object.assign(new Class('own', { cause: new Date(1) }), { code: 'E', at: 1n });
      const read = roundTrip(error) as Error & { code: string };
      expectSame(read, error);
      expect(read).to.be.instanceOf(Class);
      expect([read.name, read.message, read.stack]).to.deep.equal([error.name, error.message, error.stack]);
      expect(String(read)).to.equal(String(error));
      expect(read.cause).to.deep.equal(new Date(1));
      expect(Object.keys(read)).to.deep.equal(['code', 'at']);
    });
  }

  it('an AggregateError with its errors', () => {
    const error = new AggregateError([new TypeError('one'), 'two', { three: 3n }], 'several');
    const read = roundTrip(error) as AggregateError;
    expectSame(read, error);
    expect(read).to.be.instanceOf(AggregateError);
    expect(read.errors[0]).to.be.instanceOf(TypeError);
  });

  it('an Error with a chain of causes, and one with a name of its own', () => {
    const chain = new Error('a', { cause: new TypeError('b', { cause: new RangeError('c', { cause: undefined }) }) });
    expectSame(roundTrip(chain), chain);
    expect((roundTrip(chain) as Error).cause).to.be.instanceOf(TypeError);
    const named = Object.assign(new Error('x'), { name: 'NotFound' });
    expectSame(roundTrip(named), named);
  });

  it('cycles through objects, arrays, Maps and Sets', () => {
    const node: Record<string, unknown> = { name: 'node' };
    node['self'] = node;
    node['list'] = [node];
    node['map'] = new Map([[node, node]]);
    node['set'] = new Set([node]);
    const read = roundTrip(node) as Record<string, unknown>;
    expect(read['self']).to.equal(read);
    expect((read['list'] as unknown[])[0]).to.equal(read);
    expect((read['map'] as Map<unknown, unknown>).get(read)).to.equal(read);
    expect((read['set'] as Set<unknown>).has(read)).to.equal(true);
  });

  it('references that are shared, as shared', () => {
    const shared = { at: new Date(1), error: new Error('x'), raw: Buffer.from('x') };
    const read = roundTrip({ one: shared, other: shared, dates: [shared.at, shared.at] }) as {
      one: typeof shared;
      other: typeof shared;
      dates: Date[];
    };
    expect(read.one).to.equal(read.other);
    expect(read.dates[0]).to.equal(read.dates[1]);
    expect(read.dates[0]).to.equal(read.one.at);
  });

  it('plain data that is shared, as shared', () => {
    const shared = { a: 1 };
    const read = roundTrip([shared, shared]) as unknown[];
    expect(read[0]).to.equal(read[1]);
  });

  it('arbitrary combinations of all these', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      stringUnit: 'binary',
      maxDepth: 4,
    });
    fc.assert(
      fc.property(anything, (value) => {
        // Invalid Dates equal nothing, and have a spec of their own.
        fc.pre(!fc.stringify(value).includes('new Date(NaN)'));
        // So have objects with a property called `__proto__`.
        fc.pre(!fc.stringify(value).includes('["__proto__"]'));
        expectSame(roundTrip(value), value);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the faithful serializer', () => {
  it('stores of a view its own bytes alone, not the buffer behind it', () => {
    const secret = Buffer.from('secret-VISIBLE-secret');
    const visible = secret.subarray(7, 14);
    const views = [
      visible,
      new Uint8Array(secret.buffer, secret.byteOffset + 7, 7),
      new DataView(secret.buffer, secret.byteOffset + 7, 7),
    ];
    for (const view of views) {
      const read = roundTrip(view) as Uint8Array;
      expect(read.byteLength).to.equal(7);
      expect(Buffer.from(read.buffer, read.byteOffset, 7).toString()).to.equal('VISIBLE');
      const written = serializer.serialize(view).toString();
      expect(written).to.include(visible.toString('base64'));
      expect(written.length).to.be.below(60);
    }
    const words = new Uint16Array(new Uint16Array([1, 2, 3, 4]).buffer, 2, 2);
    expectSame(roundTrip(words), new Uint16Array([2, 3]));
  });

  it('gives back a value whose properties may be written, though it was frozen', () => {
    const read = roundTrip(Object.freeze({ a: Object.freeze([1]) })) as { a: number[] };
    read.a.push(2);
    expect(read).to.deep.equal({ a: [1, 2] });
  });

  it('keeps an own __proto__ of plain data as the data that it is', () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"a":1}');
    const read = roundTrip(value) as { admin?: boolean };
    expect(Object.keys(read)).to.deep.equal(['__proto__', 'a']);
    expect(read.admin).to.equal(undefined);
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
  });

  it('refuses an own __proto__ beside what JSON cannot hold', () => {
    const value = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>;
    value['n'] = 1n;
    expectCacheError(() => serializer.serialize(value), 'ERR_CACHE_VALUE_UNSUPPORTED', '__proto__');
  });
});

class Point {
  readonly x = 1;
}
class OwnMap extends Map {}
class OwnError extends Error {}

const hidden = Object.defineProperty({}, 'secret', { value: 1, enumerable: false });
const accessor = Object.defineProperty({}, 'now', { get: () => 1, enumerable: true });
const accessorElement = Object.defineProperty([1], 0, { get: () => 1, enumerable: true });
const used = /x/g;
used.lastIndex = 3;

describe('the faithful serializer refuses, naming the place,', () => {
  const refused: readonly (readonly [title: string, value: unknown, found: string])[] = [
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a class instance', new Point(), 'an instance of Point'],
    ['an instance of a subclass of Map', new OwnMap(), 'an instance of OwnMap'],
    ['an instance of a subclass of Error', new OwnError('x'), 'an instance of OwnError'],
    ['an instance of a subclass of Array', new (class List extends Array {})(), 'an array'],
    ['a promise', Promise.resolve(1), 'an instance of Promise'],
    ['a WeakMap', new WeakMap(), 'an instance of WeakMap'],
    ['a WeakSet', new WeakSet(), 'an instance of WeakSet'],
    ['a boxed string', Object('x'), 'an instance of String'],
    ['a URL', new URL('http://localhost'), 'an instance of URL'],
    ['an accessor', accessor, 'an accessor'],
    ['a hidden property', hidden, 'a hidden property'],
    ['a symbol as a name', { [Symbol('x')]: 1 }, 'a symbol'],
    ['an array with a named property', Object.assign([1], { a: 1 }), 'named properties'],
    ['an array with a symbol as a name', Object.assign([1], { [Symbol('x')]: 1 }), ''],
    ['an array with an accessor', accessorElement, ''],
    ['a Date with a named property', Object.assign(new Date(0), { a: 1 }), 'named properties'],
    ['a Map with a named property', Object.assign(new Map(), { a: 1 }), ''],
    ['a Set with a named property', Object.assign(new Set(), { a: 1 }), ''],
    ['a typed array with a named property', Object.assign(new Uint8Array(2), { a: 1 }), ''],
    ['a regular expression in the middle of its use', used, ''],
  ];
  for (const [title, value, found] of refused) {
    it(title, () => {
      expectCacheError(() => serializer.serialize(value), 'ERR_CACHE_VALUE_UNSUPPORTED', found, 'value');
      const nested = { list: [0, { inner: value }] };
      expectCacheError(() => serializer.serialize(nested), 'ERR_CACHE_VALUE_UNSUPPORTED', 'value.list[1].inner');
    });
  }

  it('what stands in a Map, a Set or an Error', () => {
    for (const value of [
      new Map([['a', new Point()]]),
      new Map([[new Point(), 'a']]),
      new Set([new Point()]),
      new Error('x', { cause: new Point() }),
    ]) {
      expectCacheError(() => serializer.serialize({ a: value }), 'ERR_CACHE_VALUE_UNSUPPORTED', 'value.a', 'Point');
    }
  });

  it('a cycle through an Error, or gives it back', () => {
    const error = new Error('x');
    for (const value of [Object.assign(error, { self: error }), { error: Object.assign(error, { list: [error] }) }]) {
      expectRefusedOrKept(value);
    }
  });

  for (const levels of [1_000, 3_000, 5_000, 6_000, 8_000, 20_000, 100_000]) {
    it(`what is nested ${levels} levels deep, or gives it back`, () => {
      for (const leaf of [1, 1n]) {
        expectRefusedOrKept(nestedIn('object', levels, leaf));
        expectRefusedOrKept(nestedIn('array', levels, leaf));
      }
    });
  }

  it('nothing that is merely wide', () => {
    const wide = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    assert.deepStrictEqual(roundTrip(wide), wide);
  });

  it('an array of holes within a moment, or gives it back', () => {
    const sparse: unknown[] = [];
    sparse[20_000_000] = 1;
    const start = performance.now();
    expectRefusedOrKept(sparse);
    expect(performance.now() - start).to.be.below(500);
  });
});

/** What is written must be readable; a bare error of the engine is no refusal. */
function expectRefusedOrKept(value: unknown): void {
  let bytes: Buffer;
  try {
    bytes = serializer.serialize(value);
  } catch (error) {
    expect(error).to.have.property('code', 'ERR_CACHE_VALUE_UNSUPPORTED');
    return;
  }
  expect(typeof serializer.deserialize(bytes)).to.equal(typeof value);
}

function nestedIn(kind: 'object' | 'array', levels: number, leaf: unknown): unknown {
  let value = leaf;
  for (let level = 0; level < levels; level += 1) value = kind === 'array' ? [value] : { a: value };
  return value;
}
