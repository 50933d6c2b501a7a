import { expect } from 'chai';

import { fingerprintOf } from '../../lib/statistics/fingerprint.js';

describe('the fingerprint of a value', () => {
  const values: readonly (readonly [string, () => unknown, () => unknown])[] = [
    ['a number', () => 1, () => 2],
    ['a number and a text', () => 1, () => '1'],
    ['zeros', () => 0, () => -0],
    ['nothing', () => null, () => undefined],
    ['a text', () => 'abc', () => 'abd'],
    ['a bigint', () => 1n, () => 2n],
    ['a property', () => ({ a: 1, b: 2 }), () => ({ a: 1, b: 3 })],
    ['the name of a property', () => ({ a: 1 }), () => ({ b: 1 })],
    ['where a property is', () => ({ a: { b: 1 } }), () => ({ a: {}, b: 1 })],
    ['an item', () => [1, 2, 3], () => [1, 2, 4]],
    ['the order of items', () => [1, 2], () => [2, 1]],
    ['lists within lists', () => [[1], [2]], () => [[1, 2], []]],
    ['an empty list', () => [], () => [[]]],
    ['a date', () => new Date(1), () => new Date(2)],
    ['a map', () => new Map([['a', 1]]), () => new Map([['a', 2]])],
    ['a set', () => new Set([1]), () => new Set([2])],
    ['bytes', () => Buffer.from('abc'), () => Buffer.from('abd')],
    ['numbers in a view', () => new Float64Array([1]), () => new Float64Array([2])],
    ['an array buffer', () => new Uint8Array([1]).buffer, () => new Uint8Array([2]).buffer],
    ['an error', () => new Error('a'), () => new Error('b')],
  ];
  for (const [title, one, other] of values) {
    it(`tells another value by ${title}`, () => {
      expect(fingerprintOf(one())?.hash).to.equal(fingerprintOf(one())?.hash);
      expect(fingerprintOf(one())?.hash).not.to.equal(fingerprintOf(other())?.hash);
    });
  }

  it('counts the leaves', () => {
    expect(fingerprintOf({ id: 1, name: 'a', tags: ['b', 'c'], more: {} })?.leaves).to.equal(4);
  });

  it('ends, however large or deep a value is, or whether it holds itself', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const large = Array.from({ length: 1_000_000 }, (_, index) => index);
    for (const value of [cycle, deep, large, 'x'.repeat(10_000_000)]) expect(fingerprintOf(value)).to.be.an('object');
    expect(fingerprintOf(large)?.leaves).to.be.below(1_001);
  });

  it('is none of an object that shows nothing of what it has', () => {
    class Money {
      readonly #amount: number;
      constructor(amount: number) {
        this.#amount = amount;
      }
      get isMuch(): boolean {
        return this.#amount > 1_000;
      }
    }
    for (const value of [new URL('http://here/a'), new Money(1), { price: new Money(2) }, [new WeakMap()]]) {
      expect(fingerprintOf(value)).to.equal(undefined);
    }
    for (const value of [{}, Object.create(null), [], new Map(), { more: {} }]) {
      expect(fingerprintOf(value)).to.be.an('object');
    }
  });

  it('is none where a getter throws', () => {
    const value = {
      get name() {
        throw new Error('no');
      },
    };
    expect(fingerprintOf(value)).to.equal(undefined);
  });
});
