import assert from 'node:assert/strict';
import { types } from 'node:util';

import { expect } from 'chai';

import { deepClone, deepFreeze } from '../../lib/stores/clone.js';
import { isPlainData } from '../../lib/values/built-ins.js';

class Point {
  readonly x = 1;
  readonly at = new Date(0);
}
class OwnMap extends Map<string, number> {
  readonly kind = 'own';
}

const BUILT_INS: readonly (readonly [title: string, create: () => object])[] = [
  ['a Date', () => new Date(5)],
  ['a Map', () => new Map<unknown, unknown>([[{ key: 1 }, { value: [1] }]])],
  ['a Set', () => new Set<unknown>([{ member: 1 }, new Map([[1, 2]])])],
  ['a regular expression', () => /x/giu],
  ['a Buffer', () => Buffer.from('abc')],
  ['an ArrayBuffer', () => new Uint8Array([1, 2]).buffer],
  ['a DataView', () => new DataView(new ArrayBuffer(8), 2, 4)],
  ['a typed array', () => new Float64Array([1, NaN])],
  ['a view of a part', () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ['an Error', () => Object.assign(new TypeError('x', { cause: { a: 1 } }), { code: 'E' })],
  ['an AggregateError', () => new AggregateError([new Error('x')], 'y')],
];

describe('a deep clone', () => {
  const plain: readonly (readonly [title: string, create: () => object])[] = [
    ['an object', () => ({ a: 1, b: { c: [1, { d: undefined }] } })],
    ['an array', () => [1, [2, [3]], null]],
    ['a sparse array', () => [1, , 3]],
    ['an object without a prototype', () => Object.assign(Object.create(null) as object, { a: [1] })],
    ['an own __proto__', () => JSON.parse('{"__proto__":{"admin":true}}') as object],
    ['a symbol as a name', () => ({ [Symbol.for('x')]: { a: 1 } })],
  ];
  for (const [title, create] of [...plain, ...BUILT_INS]) {
    it(`of ${title} is equal, with its prototype, and another object`, () => {
      const value = create();
      const copy = deepClone(value);
      expect(copy).not.to.equal(value);
      assert.deepStrictEqual(copy, value);
      expect(Object.getPrototypeOf(copy)).to.equal(Object.getPrototypeOf(value));
      const nested = deepClone({ list: [value] });
      expect(nested.list[0]).not.to.equal(value);
      assert.deepStrictEqual(nested, { list: [create()] });
    });
  }

  it('of a primitive is the primitive', () => {
    for (const value of [undefined, null, 0, NaN, '', 'x', 1n, true, Symbol.for('x')]) {
      expect(Object.is(deepClone(value), value)).to.equal(true);
    }
  });

  it('of an Error is an Error to everybody who asks', () => {
    const copy = deepClone(new TypeError('x'));
    expect(copy).to.be.instanceOf(TypeError);
    expect(types.isNativeError(copy)).to.equal(true);
    expect(Object.keys(copy)).to.deep.equal([]);
  });

  it('keeps cycles and shared references', () => {
    const shared = { at: new Date(0) };
    const value: Record<string, unknown> = { one: shared, other: shared, map: new Map() };
    value['self'] = value;
    (value['map'] as Map<unknown, unknown>).set(value, [value]);
    const copy = deepClone(value);
    expect(copy['self']).to.equal(copy);
    expect(copy['one']).to.equal(copy['other']);
    expect(copy['one']).not.to.equal(shared);
    expect((copy['map'] as Map<unknown, unknown>).get(copy)).to.deep.equal([copy]);
  });

  it('shares nothing that can be changed', () => {
    const value = {
      list: [1],
      map: new Map([['a', [1]]]),
      set: new Set([{ a: 1 }]),
      at: new Date(0),
      raw: Buffer.from('abc'),
    };
    const copy = deepClone(value);
    copy.list.push(2);
    copy.map.get('a')?.push(2);
    for (const member of copy.set) member.a = 2;
    copy.at.setTime(5);
    copy.raw[0] = 0;
    expect(value).to.deep.equal({
      list: [1],
      map: new Map([['a', [1]]]),
      set: new Set([{ a: 1 }]),
      at: new Date(0),
      raw: Buffer.from('abc'),
    });
  });

  it('has of a view only the bytes in view', () => {
    const view = Buffer.from('secret-VISIBLE-secret').subarray(7, 14);
    const copies = [deepClone(new Uint8Array(view)), deepClone(new DataView(view.buffer, view.byteOffset, 7))];
    for (const copy of copies) expect(copy.buffer.byteLength).to.equal(7);
  });

  it('may be changed by its owner, though the original is frozen', () => {
    const value = Object.freeze({ list: Object.freeze([1]), inner: Object.freeze({ a: 1 }) });
    const copy = deepClone(value) as unknown as { list: number[]; inner: { a: number; b?: number } };
    copy.list.push(2);
    copy.inner.a = 2;
    copy.inner.b = 3;
    expect(copy).to.deep.equal({ list: [1, 2], inner: { a: 2, b: 3 } });
  });

  it('shares functions and instances of classes, whatever they extend', () => {
    const value = {
      call: () => 1,
      point: new Point(),
      map: new OwnMap([['a', 1]]),
      list: new (class List extends Array {})(),
    };
    const copy = deepClone(value);
    expect(copy.call).to.equal(value.call);
    expect(copy.point).to.equal(value.point);
    expect(copy.map).to.be.instanceOf(OwnMap);
    expect(copy.map.kind).to.equal('own');
    expect(copy.list).to.be.instanceOf(value.list.constructor);
  });

  it('calls no accessor', () => {
    let calls = 0;
    const value = Object.defineProperty({ a: 1 }, 'now', { get: () => (calls += 1), enumerable: true });
    deepClone(value);
    expect(calls).to.equal(0);
  });
});

describe('a deep freeze', () => {
  it('reaches plain objects and arrays all the way down, cycles included', () => {
    const value: Record<string, unknown> = { list: [{ a: 1 }], [Symbol.for('x')]: { b: 1 } };
    value['self'] = value;
    deepFreeze(value);
    const frozen = [value, value['list'], (value['list'] as unknown[])[0], Reflect.get(value, Symbol.for('x'))];
    expect(frozen.map((inner) => Object.isFrozen(inner))).to.deep.equal([true, true, true, true]);
  });

  it('leaves other objects alone', () => {
    const value = { point: new Point(), call: () => 1 };
    expect(deepFreeze(value)).to.equal('freezable');
    for (const other of [value.point, value.call]) expect(Object.isFrozen(other)).to.equal(false);
  });

  it('freezes nothing where there are built-ins, wherever they stand', () => {
    const value = { list: [{ a: 1 }], map: new Map([['a', { b: 1 }]]) };
    expect(deepFreeze(value)).to.equal('must be cloned');
    const all = [value, value.list, value.list[0], value.map, value.map.get('a')];
    expect(all.map((object) => Object.isFrozen(object))).to.deep.equal(all.map(() => false));
  });

  it('takes what is frozen already, with what it holds', () => {
    const inner = { a: 1 };
    deepFreeze(Object.freeze({ inner }));
    expect(Object.isFrozen(inner)).to.equal(true);
  });

  it('calls no accessor', () => {
    let calls = 0;
    deepFreeze(Object.defineProperty({}, 'now', { get: () => (calls += 1), enumerable: true }));
    expect(calls).to.equal(0);
  });
});

describe('the sharing of a value', () => {
  for (const [title, create] of BUILT_INS) {
    it(`that is or holds ${title} must be cloned`, () => {
      for (const value of [create(), [create()], { a: [{ b: create() }] }]) {
        expect(deepFreeze(value)).to.equal('must be cloned');
      }
    });
  }

  it('of plain data, functions and instances of classes is freezable', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [
      1,
      'x',
      null,
      undefined,
      {},
      [{ a: [1] }],
      () => 1,
      new Point(),
      { point: new Point() },
      cycle,
    ]) {
      expect(deepFreeze(value)).to.equal('freezable');
    }
  });
});

describe('plain data', () => {
  it('is what is an array, or whose prototype is that of objects, or none', () => {
    expect([{}, [], Object.create(null) as object].map(isPlainData)).to.deep.equal([true, true, true]);
    const others = [new Point(), new Date(), new Map(), Object.create({}) as object];
    for (const other of others) expect(isPlainData(other)).to.equal(false);
  });
});
