import { expect } from 'chai';

import { encodeKeyPart } from '../../lib/keys/key-part.js';
import { KeyPattern } from '../../lib/keys/key-pattern.js';
import { expectCacheError } from '../support/cache-errors.js';

class Point {
  readonly x = 1;
}

/** Each value beside the text that stands for it; a change of any of these loses every stored entry. */
const ENCODINGS: readonly (readonly [title: string, part: unknown, text: string])[] = [
  ['a plain string', 'Ada-9_z.', 'Ada-9_z.'],
  ['the empty string', '', ''],
  ['separators', 'a:b/c', 'a%3Ab%2Fc'],
  ['a space', 'a b', 'a%20b'],
  ['marks that begin other encodings', "~%!*'()", '%7E%25%21%2A%27%28%29'],
  ['braces and @', '{@}', '%7B%40%7D'],
  ['a control character', '\n\u0000', '%0A%00'],
  ['a letter beyond ASCII', 'é', '%C3%A9'],
  ['a surrogate pair', '😀', '%F0%9F%98%80'],
  ['half a surrogate pair', '\ud83d', '%ud83d'],
  ['the other half', '\ude00', '%ude00'],
  ['a string that looks encoded', '~null', '%7Enull'],
  ['a whole number', 42, '42'],
  ['a negative number', -1.5, '-1.5'],
  ['zero', 0, '0'],
  ['negative zero', -0, '~-0'],
  ['a small number', 1e-7, '1e-7'],
  ['the number that prints longest', 1.2345678901234567e-6, '0.0000012345678901234567'],
  ['a huge number', 1e21, '1e%2B21'],
  ['NaN', NaN, '~NaN'],
  ['infinity', Infinity, '~Infinity'],
  ['negative infinity', -Infinity, '~-Infinity'],
  ['a bigint', 12345678901234567890n, '12345678901234567890'],
  ['true', true, '~true'],
  ['false', false, '~false'],
  ['null', null, '~null'],
  ['undefined', undefined, '~undefined'],
  ['a Date', new Date(1_700_000_000_000), '~date(1700000000000)'],
  ['a Date before 1970', new Date(-5), '~date(-5)'],
  ['an invalid Date', new Date(NaN), '~date(NaN)'],
  ['an empty array', [], '~()'],
  ['an array of the empty string', [''], '~(,)'],
  ['an array', [1, 'b:', null], '~(1,b%3A,~null,)'],
  ['a hole', [1, , 2], '~(1,~undefined,2,)'],
  ['an empty object', {}, '~o()'],
  ['an object', { b: 2, a: [1] }, '~o(a=~(1,),b=2,)'],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), '~o(a=1,)'],
  ['an own __proto__', JSON.parse('{"__proto__":1}'), '~o(__proto__=1,)'],
  ['a hostile property name', { 'a=1,b': 2 }, '~o(a%3D1%2Cb=2,)'],
  ['a property that is undefined', { a: undefined }, '~o(a=~undefined,)'],
  ['an object with toCacheKey', { toCacheKey: () => 'p:1' }, 'p%3A1'],
];

describe('a key part', () => {
  for (const [title, part, text] of ENCODINGS) {
    it(`encodes ${title} as ${text === '' ? 'nothing' : text}`, () => {
      expect(encodeKeyPart(part)).to.equal(text);
      expect(new KeyPattern(['user:', '']).textOf([part])).to.equal(`user:${text}`);
      expect(new KeyPattern(['user:', ':orders']).textOf([part])).to.equal(`user:${text}:orders`);
    });
  }

  it('is the same for numbers, bigints and strings that print alike', () => {
    for (const [number, text] of [
      [1, '1'],
      [1n, '1'],
      [-7, '-7'],
      [1e21, '1e+21'],
      [0.1, '0.1'],
    ] as const) {
      expect(encodeKeyPart(number)).to.equal(encodeKeyPart(text));
    }
  });

  it('is the same for objects whose properties come in another order', () => {
    expect(encodeKeyPart({ a: 1, b: { d: 2, c: 3 } })).to.equal(encodeKeyPart({ b: { c: 3, d: 2 }, a: 1 }));
  });

  it('tells a missing property from one that is undefined', () => {
    expect(encodeKeyPart({})).not.to.equal(encodeKeyPart({ a: undefined }));
  });

  it('takes toCacheKey from a class, with the instance as this', () => {
    class Money {
      readonly amount: number;
      constructor(amount: number) {
        this.amount = amount;
      }
      toCacheKey(): string {
        return `money ${this.amount}`;
      }
    }
    expect(encodeKeyPart(new Money(5))).to.equal(encodeKeyPart('money 5'));
    expect(encodeKeyPart([new Money(5)])).to.equal(encodeKeyPart(['money 5']));
  });

  const unfit: readonly (readonly [title: string, part: unknown, found: string])[] = [
    ['a function', () => 1, 'a function'],
    ['a named function', encodeKeyPart, 'function encodeKeyPart'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a Map', new Map(), 'an instance of Map'],
    ['a Set', new Set(), 'an instance of Set'],
    ['a class instance', new Point(), 'an instance of Point'],
    ['a Buffer', Buffer.from('x'), 'an instance of Buffer'],
    ['a regular expression', /x/, 'an instance of RegExp'],
    ['an Error', new Error('x'), 'an instance of Error'],
    ['a promise', Promise.resolve(1), 'an instance of Promise'],
    ['a boxed string', Object('x'), 'an instance of String'],
    ['an object with a symbol for a name', { [Symbol('x')]: 1 }, 'an object'],
  ];
  for (const [title, part, found] of unfit) {
    it(`refuses ${title}, alone or inside`, () => {
      for (const given of [part, [part], { inner: { part } }]) {
        expectCacheError(() => encodeKeyPart(given), 'ERR_CACHE_KEY_PART_INVALID', 'a key part', 'toCacheKey()', found);
      }
    });
  }

  it('refuses an object whose toCacheKey is no function or returns no string', () => {
    for (const keyable of [{ toCacheKey: 'x' }, { toCacheKey: () => 1 }, { toCacheKey: () => undefined }]) {
      expectCacheError(() => encodeKeyPart(keyable), 'ERR_CACHE_KEY_PART_INVALID', 'toCacheKey()', 'an object');
    }
  });

  it('lets what toCacheKey throws through', () => {
    const own = new Error('own');
    const keyable = {
      toCacheKey: () => {
        throw own;
      },
    };
    expect(() => encodeKeyPart(keyable)).to.throw(own);
  });

  it('refuses a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push({ cycle });
    expectCacheError(() => encodeKeyPart(cycle), 'ERR_CACHE_KEY_PART_INVALID', '20 levels', 'cycle');
  });

  it('takes 20 levels and refuses more', () => {
    expect(encodeKeyPart(nested(20))).to.include('leaf');
    expectCacheError(() => encodeKeyPart(nested(21)), 'ERR_CACHE_KEY_PART_INVALID', '20 levels');
    expectCacheError(() => encodeKeyPart(nested(100_000)), 'ERR_CACHE_KEY_PART_INVALID', '20 levels');
  });

  it('takes 1,000 values and refuses more, wherever they stand', () => {
    const values = (count: number) => Array.from({ length: count }, () => 1);
    expect(encodeKeyPart(values(999))).to.include('1,');
    expectCacheError(() => encodeKeyPart(values(1_000)), 'ERR_CACHE_KEY_PART_INVALID', '1000 values');
    const spread = Array.from({ length: 40 }, () => values(30));
    expectCacheError(() => encodeKeyPart(spread), 'ERR_CACHE_KEY_PART_INVALID', '1000 values');
  });
});

function nested(levels: number): unknown {
  let value: unknown = 'leaf';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
