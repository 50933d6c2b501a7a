import assert from 'node:assert/strict';

import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';

import { copyTree, isTree } from '../../lib/values/tree.js';

class Point {
  x = 1;
}

function withProperty<T extends object>(value: T, name: PropertyKey, descriptor: PropertyDescriptor): T {
  return Object.defineProperty(value, name, descriptor);
}

const shared = { n: 1 };
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

describe('A tree of plain data', () => {
  for (const [title, value] of [
    ['a primitive', 1],
    ['undefined', undefined],
    [
      'a row of a database',
      { id: 1, name: 'x', at: new Date(0), tags: ['a', null], nested: { big: 1n, none: undefined } },
    ],
    ['an empty list', []],
    ['what JSON makes of `__proto__`', JSON.parse('{"__proto__":{"a":[1]}}')],
    ['what is frozen', Object.freeze({ list: Object.freeze([Object.freeze({ a: 1 })]) })],
  ] as const) {
    it(`is ${title}, whose copy is equal and shares nothing with it`, () => {
      expect(isTree(value)).to.equal(true);
      const copy = copyTree(value);
      assert.deepStrictEqual(copy, value);
      expectApart(copy, value);
    });
  }

  for (const [title, value] of [
    ['a cycle', cyclic],
    ['an object that is there twice', [shared, shared]],
    ['an instance of a class', { point: new Point() }],
    ['an object without a prototype', Object.create(null)],
    ['a Map', { map: new Map() }],
    ['bytes', [Buffer.from('a')]],
    ['a function', { method: () => 1 }],
    ['a symbol', [Symbol('s')]],
    ['a property named by a symbol', { [Symbol('s')]: 1 }],
    ['an accessor', withProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a hidden property', withProperty({}, 'a', { value: 1, enumerable: false })],
    ['a list with a hole', [1, , 2]],
    ['a list with a property', Object.assign([1], { a: 1 })],
    ['a list of its own class', new (class extends Array<number> {})(1)],
    ['a Date with a property', Object.assign(new Date(0), { a: 1 })],
    ['a Date of its own class', new (class extends Date {})(0)],
  ] as const) {
    it(`is not ${title}`, () => {
      expect(isTree(value)).to.equal(false);
      expect(isTree({ deep: [value] })).to.equal(false);
    });
  }

  it('takes nothing over from the prototype of all objects', () => {
    Object.defineProperty(Object.prototype, 'everywhere', {
      value: { a: 1 },
      enumerable: true,
      configurable: true,
      writable: true,
    });
    try {
      expect(Object.keys(copyTree({ own: 1 }) as object)).to.deep.equal(['own']);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'everywhere');
    }
  });

  it('has no Dates of fake timers in it, which are of a class of their own', () => {
    const clock = sinon.useFakeTimers();
    try {
      const fake = new Date(0);
      if (isTree(fake)) assert.deepStrictEqual(copyTree(fake), fake);
    } finally {
      clock.restore();
    }
  });

  it('is copied whole, whatever is in it', () => {
    fc.assert(
      fc.property(fc.object({ withBigInt: true, withDate: true, maxDepth: 4 }), (value) => {
        if (!isTree(value)) return;
        const copy = copyTree(value);
        // Node 20 takes an invalid Date for equal to no other one.
        expect(copy).to.deep.equal(value);
        expectApart(copy, value);
      }),
    );
  });
});

function expectApart(one: unknown, other: unknown): void {
  if (typeof one !== 'object' || one === null) return;
  expect(one).not.to.equal(other);
  expect(Object.isFrozen(one) && Object.keys(one).length > 0).to.equal(false);
  for (const name of Object.keys(one)) {
    expectApart(Reflect.getOwnPropertyDescriptor(one, name)?.value, Reflect.get(other as object, name));
  }
}
