import { createHash } from 'node:crypto';

import { expect } from 'chai';
import { key } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';

describe('a long key', () => {
  it('is written out up to 512 bytes', () => {
    const text = `user:${'x'.repeat(507)}`;
    expect(key`user:${'x'.repeat(507)}`.text).to.equal(text);
  });

  it('keeps its pattern and ends in the SHA-256 of the whole beyond that', () => {
    const written = `user:${'x'.repeat(508)}:orders`;
    const long = key`user:${'x'.repeat(508)}:orders`;
    expect(long.pattern).to.equal('user:{}:orders');
    expect(long.text).to.equal(`user:*:orders~sha256-${createHash('sha256').update(written).digest('hex')}`);
  });

  it('is counted in bytes of UTF-8, after escaping and with its literal parts', () => {
    expect(key`user:${'é'.repeat(84)}`.text).to.include('%C3%A9');
    expect(key`user:${'é'.repeat(85)}`.text).to.include('~sha256-');
    expect(key`é${'x'.repeat(510)}`.text).not.to.include('~sha256-');
    expect(key`é${'x'.repeat(511)}`.text).to.include('~sha256-');
  });

  it('never takes more than 512 bytes, whatever its parts, pattern and scope', () => {
    const literal = 'ü'.repeat(127);
    const keys = [
      key`user:${'x'.repeat(1_000_000)}`,
      key`user:${'x'.repeat(500)}`.within('y'.repeat(500)),
      key`user:${'x'.repeat(1_000)}`.within('y'.repeat(1_000)).within('z'),
      keyOf([literal, ''], 1.2345678901234567e-6),
      keyOf([literal, ''], 'x'.repeat(1_000)).within('y'.repeat(1_000)),
    ];
    for (const { text } of keys) expect(Buffer.byteLength(text)).to.be.at.most(512);
  });

  it('cannot be imitated by a short one', () => {
    const long = key`user:${'x'.repeat(600)}`;
    const rest = long.text.slice('user:'.length);
    expect(key`user:${rest}`.text).not.to.equal(long.text);
    expect(key`user:${'*'}${rest.slice(1)}`.text).not.to.equal(long.text);
  });

  it('differs where any of its parts differs, however far behind', () => {
    const texts = ['a', 'b'].map((end) => key`user:${'x'.repeat(10_000)}${end}`.text);
    expect(texts[0]).not.to.equal(texts[1]);
  });

  it('is told apart from the same key within a scope', () => {
    const long = key`user:${'x'.repeat(600)}`;
    const texts = [long.text, long.within('a').text, long.within('b').text, long.within('a').within('a').text];
    expect(new Set(texts).size).to.equal(4);
  });
});

describe('a key within a scope', () => {
  it('begins with the scope, escaped, and keeps its pattern', () => {
    const scoped = key`user:${1}`.within('a:b');
    expect(scoped.text).to.equal('@a%3Ab:user:1');
    expect(scoped.pattern).to.equal('user:{}');
  });

  it('takes the empty scope for one of its own', () => {
    expect(key`user:${1}`.within('').text).to.equal('@:user:1');
  });

  it('leaves the key itself as it is', () => {
    const unscoped = key`user:${1}`;
    unscoped.within('a');
    expect(unscoped.text).to.equal('user:1');
  });

  for (const [title, scope] of [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['a symbol', Symbol('tenant')],
  ] as const) {
    it(`refuses ${title} as a scope: a missing tenant must not become one of its own`, () => {
      expectCacheError(() => key`user:${1}`.within(scope), 'ERR_CACHE_OPTION_INVALID', '`scope`', 'a string');
    });
  }
});

describe('a key', () => {
  it('is printed as its text', () => {
    expect(String(key`user:${1}`)).to.equal('user:1');
  });
});

/** The tag, called with literal parts that nobody would write down. */
function keyOf(literals: readonly string[], part: string | number) {
  return key(Object.assign([...literals], { raw: literals }), part);
}
