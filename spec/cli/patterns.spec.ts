import { expect } from 'chai';
import fc from 'fast-check';
import { key } from 'freshkeep';

import { derivePatterns } from '../../lib/cli/survey/derived-patterns.js';
import { PatternFilter } from '../../lib/cli/survey/pattern-filter.js';
import { KeyPattern } from '../../lib/keys/key-pattern.js';

const PART: fc.Arbitrary<unknown> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.uuid(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 3 }),
  fc.string({ minLength: 600, maxLength: 700 }),
);

/** Pattern, and as many parts as it takes. */
const PATTERNS = ['user:{}', 'page:{}:{}', '{}', '{}{}', 'a{}b{}c', 'user:{}:friends', 'report/{}-{}', 'list'];

function textOf(pattern: string, parts: readonly unknown[]): string {
  return new KeyPattern(pattern.split('{}')).textOf(parts);
}

function derived(...texts: readonly string[]): string[] {
  return [...new Set(derivePatterns(texts).values())].sort();
}

const numbered = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, at) => text(at));

describe('A filter by pattern', () => {
  it('lets every key of its pattern through, whatever the parts, shortened or not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), PART, PART, (pattern, one, other) => {
        const parts = [one, other].slice(0, pattern.split('{}').length - 1);
        expect(new PatternFilter(pattern).matches(textOf(pattern, parts))).to.equal(true);
      }),
    );
  });

  it('lets keys of a cache with a scope through', () => {
    expect(new PatternFilter('user:{}').matches('@shop:user:7')).to.equal(true);
  });

  it('keeps out keys of other patterns', () => {
    const passing = (pattern: string, ...texts: string[]) => {
      const filter = new PatternFilter(pattern);
      return texts.filter((text) => filter.matches(text));
    };
    expect(
      passing('user:{}', 'user:7:friends', 'users:7', 'user', 'xuser:7', textOf('user:{}', ['7:friends'])),
    ).to.deep.equal(['user:7%3Afriends']);
    expect(passing('page:{}:{}', 'page:en', 'page:en:1:2', 'page:en:1')).to.deep.equal(['page:en:1']);
    expect(passing('list', 'list', 'lists', 'list:1')).to.deep.equal(['list']);
    expect(passing('user:{}', `user:*~sha256-${'a'.repeat(64)}`, `user:*:*~sha256-${'a'.repeat(64)}`)).to.have.length(
      1,
    );
  });

  it('says what is no pattern', () => {
    expect(() => new PatternFilter('user:{id}')).to.throw(/"user:\{id\}" is no pattern/);
    expect(() => new PatternFilter('')).to.throw(/is no pattern/);
  });
});

describe('Patterns derived from keys', () => {
  it('have {} for numbers, UUIDs, dates, and what only a value is written with', () => {
    const id = '9b2f3c1e-0d4a-4c6b-8f5e-1a2b3c4d5e6f';
    expect(
      derived('user:7', 'user:8', `order:${id}`, 'day:2026-11-26', key`name:${'a b'}`.text, key`flag:${true}`.text),
    ).to.deep.equal(['day:{}', 'flag:{}', 'name:{}', 'order:{}', 'user:{}']);
  });

  it('have {} where there are many different words, and the word where there are few', () => {
    expect(derived(...numbered(40, (n) => `user:${'abcdefgh'[n % 8]}${'xyz'[n % 3]}q`))).to.deep.equal(['user:{}']);
    expect(derived('page:en:1', 'page:fr:2')).to.deep.equal(['page:en:{}', 'page:fr:{}']);
  });

  it('have {} in the place of numbers after one word, but not of a few', () => {
    expect(derived(...numbered(9, (n) => `shelf:row${n + 1}`))).to.deep.equal(['shelf:row{}']);
    expect(derived('v1:list', 'v2:list')).to.deep.equal(['v1:list', 'v2:list']);
  });

  it('keep apart what has other separators, and name the scope', () => {
    expect(derived('user:1', 'user:1:friends', 'user/1', '@shop:user:1')).to.deep.equal([
      '@{}:user:{}',
      'user/{}',
      'user:{}',
      'user:{}:friends',
    ]);
  });

  it('are told by a key that was shortened', () => {
    expect(derived(textOf('report:{}:{}', ['x'.repeat(900), 1]))).to.deep.equal(['report:{}:{}']);
  });

  it('are there for every key, and never take two patterns of numbers for one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('user:{}', 'page:{}:{}', 'a/{}-b', 'list'), PART, PART)),
        (made) => {
          const texts = made.map(([pattern, one, other]) =>
            textOf(pattern, [one, other].slice(0, pattern.split('{}').length - 1)),
          );
          const patterns = derivePatterns(texts);
          expect([...patterns.keys()].sort()).to.deep.equal([...new Set(texts)].sort());
        },
      ),
    );
    expect(derived(...numbered(50, (n) => `user:${n}`), ...numbered(50, (n) => `team:${n}`))).to.deep.equal([
      'team:{}',
      'user:{}',
    ]);
  });
});
