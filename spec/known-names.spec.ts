import { expect } from 'chai';

import { checkName, checkOptionNames, type NamesOf } from '../lib/known-names.js';
import { expectCacheError } from './support/cache-errors.js';

interface Options {
  readonly key: string;
  readonly ttl?: number;
  readonly staleWhileRevalidate?: number;
  readonly storeIf?: () => boolean;
}

const OPTIONS: NamesOf<Options> = { key: true, ttl: true, staleWhileRevalidate: true, storeIf: true };
const KNOWN = '(known: `key`, `ttl`, `staleWhileRevalidate`, `storeIf`)';

// @ts-expect-error a list that lacks one
export const lacking: NamesOf<Options> = { key: true, ttl: true, staleWhileRevalidate: true };
// @ts-expect-error a list that has one more
export const exceeding: NamesOf<Options> = { ...OPTIONS, when: true };

describe('An unknown option', () => {
  const meant: readonly (readonly [written: string, question: string])[] = [
    ['staleWhileRevalidte', ': did you mean `staleWhileRevalidate`?'],
    ['stalewhilerevalidate', ': did you mean `staleWhileRevalidate`?'],
    ['staleWhileRevalidation', ': did you mean `staleWhileRevalidate`?'],
    ['TTL', ': did you mean `ttl`?'],
    ['tlt', ': did you mean `ttl`?'],
    ['tttl', ': did you mean `ttl`?'],
    ['keys', ': did you mean `key`?'],
    ['ky', ': did you mean `key`?'],
    ['store_if', ': did you mean `storeIf`?'],
    ['maxAge', ''],
    ['stale', ''],
    ['k', ''],
    ['', ''],
    ['toString', ''],
    ['constructor', ''],
    ['__proto__', ''],
  ];
  for (const [written, question] of meant) {
    it(`is refused, with the one that was probably meant: ${JSON.stringify(written)}`, () => {
      const options = JSON.parse(`{"key": "x", ${JSON.stringify(written)}: 1}`) as Options;
      const message = `Expected \`options\` to have known options only, got "${written}"${question} ${KNOWN}`;
      expectCacheError(() => checkOptionNames('options', options, OPTIONS), 'ERR_CACHE_OPTION_INVALID', message);
    });
  }

  it('is shown in short, where it is long', () => {
    const options = { ['x'.repeat(10_000)]: 1 };
    const error = expectCacheError(() => checkOptionNames('options', options, OPTIONS), 'ERR_CACHE_OPTION_INVALID');
    expect(error.message.length).to.be.below(300);
  });

  it('is refused though it is undefined', () => {
    const options = { key: 'x', tll: undefined };
    expectCacheError(() => checkOptionNames('options', options, OPTIONS), 'ERR_CACHE_OPTION_INVALID', '"tll"');
  });

  it('is let through where it is inherited, or hidden', () => {
    const options = Object.create(
      { tll: 1 },
      { hidden: { value: 1 }, key: { value: 'x', enumerable: true } },
    ) as Options;
    expect(checkOptionNames('options', options, OPTIONS)).to.equal(options);
  });

  it('is not looked for where there are no options at all', () => {
    for (const nothing of [undefined, null, 7, 'x']) {
      const check = () => checkOptionNames('lock', nothing, OPTIONS);
      expectCacheError(check, 'ERR_CACHE_OPTION_INVALID', 'Expected `lock` to be an object, got');
    }
  });
});

describe('An unknown name', () => {
  it('is refused, whatever it is', () => {
    for (const [name, shown] of [
      ['tll', '"tll": did you mean `ttl`?'],
      ['constructor', '"constructor"'],
      [undefined, 'undefined'],
      [Symbol('ttl'), 'Symbol(ttl)'],
      [['ttl'], 'an array of 1'],
    ] as const) {
      const check = () => checkName('name', name as string, OPTIONS);
      expectCacheError(check, 'ERR_CACHE_OPTION_INVALID', `Expected \`name\` to be a known name, got ${shown}`, KNOWN);
    }
    expect(checkName('name', 'ttl', OPTIONS)).to.equal('ttl');
  });
});
