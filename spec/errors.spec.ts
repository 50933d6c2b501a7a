import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import { CACHE_ERROR_CODES, CacheError } from 'freshkeep';

import { describeValue } from '../lib/errors.js';

/** The sections of docs/errors.md whose title is a code, with or without code marks, in their order. */
function documentedCodes(): string[] {
  const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^## `?(ERR_\w+)`?\s*$/gm)].map(([, code]) => code ?? '');
}

describe('docs/errors.md', () => {
  it('has exactly one section for each code of a CacheError', () => {
    expect(documentedCodes().sort()).to.deep.equal([...CACHE_ERROR_CODES].sort());
  });
});

describe('a CacheError', () => {
  it('carries its code, message and cause', () => {
    const cause = new Error('cause');
    const error = new CacheError('ERR_CACHE_KEY_INVALID', 'Expected a key', { cause });
    expect(error).to.be.instanceOf(Error);
    expect([error.name, error.code, error.message, error.cause]).to.deep.equal([
      'CacheError',
      'ERR_CACHE_KEY_INVALID',
      'Expected a key',
      cause,
    ]);
    expect(error.stack).to.include('errors.spec.ts');
  });

  it('has no cause where none was given', () => {
    expect(new CacheError('ERR_CACHE_KEY_INVALID', 'x')).not.to.have.property('cause');
  });

  it('is recognized, also when another copy of the package made it', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('freshkeep.CacheError'), { value: true });
    expect(CacheError.is(new CacheError('ERR_CACHE_KEY_INVALID', 'x'))).to.equal(true);
    expect(CacheError.is(foreign)).to.equal(true);
  });

  it('is not confused with anything else', () => {
    const lookalike = Object.assign(new Error('x'), { code: 'ERR_CACHE_KEY_INVALID', name: 'CacheError' });
    for (const other of [lookalike, new Error('x'), {}, null, undefined, 'CacheError', 7]) {
      expect(CacheError.is(other)).to.equal(false);
    }
  });

  it('has codes that are all different and of one form', () => {
    expect(new Set(CACHE_ERROR_CODES).size).to.equal(CACHE_ERROR_CODES.length);
    for (const code of CACHE_ERROR_CODES) expect(code).to.match(/^ERR_CACHE_[A-Z_]+$/);
  });
});

describe('a wrong value in a message', () => {
  const shown: readonly (readonly [value: unknown, text: string])[] = [
    ['a "b"\n', String.raw`"a \"b\"\n"`],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(77)}..."`],
    [7, '7'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [7n, '7n'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [describeValue, 'function describeValue'],
    [[1, 2], 'an array of 2'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Map(), 'an instance of Map'],
    [{ constructor: 7 }, 'an object'],
  ];
  for (const [value, text] of shown) {
    it(`is shown as ${text.slice(0, 30)}`, () => {
      expect(describeValue(value)).to.equal(text);
    });
  }

  it('never throws, whatever it is', () => {
    const hostile = Object.defineProperty({}, 'constructor', {
      get: () => {
        throw new Error('own');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const value of [hostile, proxy]) expect(() => describeValue(value)).not.to.throw();
  });
});
