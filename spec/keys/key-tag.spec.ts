import { expect } from 'chai';
import { key } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';

describe('the tag key', () => {
  it('takes literal parts as written and escapes what is interpolated', () => {
    expect(key`user:${'a:b'}/posts:${7}`.text).to.equal('user:a%3Ab/posts:7');
  });

  it('names the pattern by its literal parts', () => {
    expect(key`user:${'a:b'}/posts:${7}`.pattern).to.equal('user:{}/posts:{}');
    expect(key`report`.pattern).to.equal('report');
  });

  it('keeps ("x:y", "z") and ("x", "y:z") apart', () => {
    const of = (one: string, other: string) => key`p:${one}:${other}`.text;
    expect(of('x:y', 'z')).not.to.equal(of('x', 'y:z'));
  });

  it('keeps parts apart between which nothing stands, or what a part may hold', () => {
    const joined = (one: string, other: string) => key`p:${one}${other}`.text;
    expect(joined('ab', 'c')).not.to.equal(joined('a', 'bc'));
    const dashed = (one: string, other: string) => key`p:${one}-${other}`.text;
    expect(dashed('a-b', 'c')).not.to.equal(dashed('a', 'b-c'));
  });

  it('takes what is written, not what it means: a key can be made in a loop', () => {
    const texts = [1, 2, 1].map((id) => key`user:${id}`.text);
    expect(texts).to.deep.equal(['user:1', 'user:2', 'user:1']);
  });

  it('says how it is used to one who calls it', () => {
    expectCacheError(
      () => key('user:1' as never),
      'ERR_CACHE_KEY_TEMPLATE_INVALID',
      'key`…` to stand before a template, without parentheses',
      '"user:1"',
    );
  });

  it('refuses a part that has no identity, saying what it expected and what it got', () => {
    const part = new Map() as unknown as string;
    expectCacheError(() => key`user:${part}`, 'ERR_CACHE_KEY_PART_INVALID', 'a key part', 'an instance of Map');
  });
});

describe('the literal parts of a key', () => {
  const refused: readonly (readonly [title: string, make: () => unknown, found: string])[] = [
    ['an opening brace', () => key`user:{${1}`, '"user:{{}"'],
    ['a closing brace', () => key`user:}${1}`, '"user:}{}"'],
    ['a line break', () => key`user:\n${1}`, String.raw`"user:\n{}"`],
    ['a NUL', () => key`user:\u0000${1}`, String.raw`"user:\u0000{}"`],
    ['DEL', () => key`user:\u007f${1}`, 'user:'],
    ['a leading @', () => key`@user:${1}`, '"@user:{}"'],
    ['nothing at all', () => key``, '""'],
    ['more than 256 bytes', () => key(Object.assign(['é'.repeat(128), ''], { raw: [] }), 1), 'éé'],
  ];
  for (const [title, make, found] of refused) {
    it(`must not have ${title}`, () => {
      expectCacheError(make, 'ERR_CACHE_KEY_TEMPLATE_INVALID', '`key`', found);
    });
  }

  it('may have every other character, @ inside included', () => {
    expect(key`a@b c/ä*?[]:${1};%,=()~`.text).to.equal('a@b c/ä*?[]:1;%,=()~');
  });
});
