import { expect } from 'chai';

import { toMilliseconds } from '../../lib/time/duration.js';
import { expectCacheError } from '../support/cache-errors.js';

const HUNDRED_YEARS = 36_525 * 86_400;

describe('a duration', () => {
  const durations: readonly (readonly [duration: unknown, milliseconds: number])[] = [
    [1, 1_000],
    [300, 300_000],
    [0.25, 250],
    [1.0004, 1_000],
    [1.0006, 1_001],
    [0.0001, 1],
    [HUNDRED_YEARS, HUNDRED_YEARS * 1_000],
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['0.4ms', 1],
    ['1.4ms', 1],
    ['007s', 7_000],
    ['36525d', HUNDRED_YEARS * 1_000],
  ];
  for (const [duration, milliseconds] of durations) {
    it(`of ${JSON.stringify(duration)} is ${milliseconds} ms`, () => {
      expect(toMilliseconds('ttl', duration, { zero: false })).to.equal(milliseconds);
    });
  }

  for (const zero of [0, -0, '0s', '0ms', '0.0h']) {
    it(`of ${typeof zero === 'number' ? 'the number' : 'the text'} ${zero} is allowed only where zero is`, () => {
      expect(Object.is(toMilliseconds('wait', zero, { zero: true }), 0)).to.equal(true);
      expectCacheError(() => toMilliseconds('ttl', zero, { zero: false }), 'ERR_CACHE_DURATION_INVALID', '`ttl`');
    });
  }

  const wrong: readonly (readonly [title: string, duration: unknown, found: string])[] = [
    ['a negative number', -1, '-1'],
    ['a small negative number', -0.0001, '-0.0001'],
    ['NaN', NaN, 'NaN'],
    ['infinity', Infinity, 'Infinity'],
    ['more than a hundred years', HUNDRED_YEARS + 1, String(HUNDRED_YEARS + 1)],
    ['more than a hundred years with a unit', '36526d', '"36526d"'],
    ['a number beyond all', `${'9'.repeat(400)}d`, '999'],
    ['a word for a unit', '5 minutes', '"5 minutes"'],
    ['a space before the unit', '5 m', '"5 m"'],
    ['a text without a unit', '5', '"5"'],
    ['a unit alone', 'm', '"m"'],
    ['an upper case unit', '5M', '"5M"'],
    ['an unknown unit', '5w', '"5w"'],
    ['a negative text', '-5m', '"-5m"'],
    ['an exponent', '1e3s', '"1e3s"'],
    ['two units', '1h30m', '"1h30m"'],
    ['a text with a line break', '5m\n', String.raw`"5m\n"`],
    ['the empty text', '', '""'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['true', true, 'true'],
    ['a bigint', 5n, '5n'],
    ['an object', {}, 'an object'],
    ['a Date', new Date(0), 'an instance of Date'],
    ['a list', ['5m'], 'an array of 1'],
  ];
  for (const [title, duration, found] of wrong) {
    it(`must not be ${title}, and the error names the option, the units and what was given`, () => {
      expectCacheError(
        () => toMilliseconds('lock.wait', duration, { zero: true }),
        'ERR_CACHE_DURATION_INVALID',
        '`lock.wait`',
        "'250ms', '10s', '5m', '1h', '7d'",
        'seconds',
        found,
      );
    });
  }
});
