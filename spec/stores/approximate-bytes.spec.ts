import { expect } from 'chai';

import { approximateBytes } from '../../lib/stores/approximate-bytes.js';

describe('the approximate bytes of a value', () => {
  it('are two for each UTF-16 unit of a string', () => {
    expect(approximateBytes('a'.repeat(1_000))).to.equal(2_000);
    expect(approximateBytes('😀')).to.equal(4);
  });

  it('are those of a buffer or a view of one', () => {
    for (const bytes of [
      Buffer.alloc(1_000),
      new Float64Array(125),
      new ArrayBuffer(1_000),
      new DataView(new ArrayBuffer(1_000)),
    ]) {
      expect(approximateBytes(bytes)).to.be.within(1_000, 1_100);
    }
  });

  it('grow with each property, element, entry and member', () => {
    const growing: readonly (readonly unknown[])[] = [
      [{}, { a: 1 }, { a: 1, b: 'x' }],
      [[], [1], [1, 'x']],
      [new Map(), new Map([['a', 1]]), new Map([['a', 'xxxxxxxxxxxxxxxxx']])],
      [new Set(), new Set(['a']), new Set(['a', 'b'])],
      [[[]], [[1]], [[[1]]]],
    ];
    for (const values of growing) {
      const sizes = values.map((value) => approximateBytes(value));
      expect(sizes).to.deep.equal([...new Set(sizes)].sort((one, other) => one - other));
    }
  });

  it('count the keys of objects and Maps', () => {
    const long = 'k'.repeat(1_000);
    expect(approximateBytes({ [long]: 1 })).to.be.above(2_000);
    expect(approximateBytes(new Map([[long, 1]]))).to.be.above(2_000);
  });

  it('count a shared part once, and end in a cycle', () => {
    const shared = { text: 'x'.repeat(1_000) };
    expect(approximateBytes([shared, shared])).to.be.below(approximateBytes([shared]) + 100);
    const cycle: unknown[] = ['x'];
    cycle.push(cycle);
    expect(approximateBytes(cycle)).to.be.below(200);
  });

  it('are little, but a number, for everything else', () => {
    for (const value of [undefined, null, true, 1, 1n, Symbol('x'), () => 1, new Date(0), /x/, new Error('x')]) {
      expect(approximateBytes(value)).to.be.within(0, 100);
    }
  });
});
