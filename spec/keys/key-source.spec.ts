import { expect } from 'chai';
import { key } from 'freshkeep';

import { compileKey } from '../../lib/keys/key-source.js';
import { expectCacheError } from '../support/cache-errors.js';

describe('a key source', () => {
  it('may be a template string', () => {
    expect(compileKey('key', 'user:{0}').keyOf([1]).text).to.equal('user:1');
  });

  it('may be a function, which gets all arguments', () => {
    const compiled = compileKey('key', (id: number, ...rest: string[]) => key`user:${id}:${rest}`);
    expect(compiled.keyOf([1, 'a', 'b']).text).to.equal('user:1:~(a,b,)');
  });

  it('may be a key', () => {
    const report = key`report`;
    expect(compileKey('key', report).keyOf(['ignored'])).to.equal(report);
  });

  it('lets what a key function throws through', () => {
    const own = new Error('own');
    const compiled = compileKey('key', () => {
      throw own;
    });
    expect(() => compiled.keyOf([])).to.throw(own);
  });

  for (const [title, value, found] of [
    ['a plain string', 'user:1', '"user:1"'],
    ['nothing', undefined, 'undefined'],
    ['a promise', Promise.resolve(key`user:1`), 'an instance of Promise'],
    ['what looks like a key', { pattern: 'user', text: 'user' }, 'an object'],
  ] as const) {
    it(`refuses a function that returns ${title}, when it is called`, () => {
      const compiled = compileKey('key', () => value);
      expectCacheError(() => compiled.keyOf([]), 'ERR_CACHE_KEY_INVALID', '`key`', 'key`…`', found);
    });
  }

  for (const [title, source] of [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['an array', ['user']],
    ['a symbol', Symbol('user')],
  ] as const) {
    it(`refuses ${title} at once`, () => {
      expectCacheError(() => compileKey('keys', source), 'ERR_CACHE_OPTION_INVALID', '`keys`', "'user:{0}'");
    });
  }
});
