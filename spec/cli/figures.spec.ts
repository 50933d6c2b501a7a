import { expect } from 'chai';

import { bytesText, counted, durationText, figureText, rateText, shareText } from '../../lib/cli/text/figures.js';

describe('Figures for people', () => {
  const DURATIONS: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [0.04, '0 ms'],
    [3.25, '3.3 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_234, '1.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1m'],
    [200_000, '3m 20s'],
    [3_599_600, '1h'],
    [7_500_000, '2h 5m'],
    [86_400_000, '1d'],
    [86_399_999, '1d'],
    [277_200_000, '3d 5h'],
    [Infinity, 'for ever'],
  ];
  for (const [milliseconds, text] of DURATIONS)
    it(`give ${milliseconds} ms as ${text}`, () => {
      expect(durationText(milliseconds)).to.equal(text);
    });

  it('give bytes in units of a thousand, of which no number reaches the next', () => {
    expect([0, 999, 1_000, 999_949, 999_950, 1_234_567, 5e15].map(bytesText)).to.deep.equal([
      '0 B',
      '999 B',
      '1 kB',
      '999.9 kB',
      '1 MB',
      '1.2 MB',
      '5,000 TB',
    ]);
  });

  it('give shares in per cent, and what is large without decimals', () => {
    expect([shareText(0.00001), shareText(0.99999)]).to.deep.equal(['< 0.1 %', '> 99.9 %']);
    expect([shareText(0.1234), shareText(1), rateText(0.44), rateText(1_234.5)]).to.deep.equal([
      '12.3 %',
      '100 %',
      '0.4',
      '1,235',
    ]);
    expect([counted(1, 'key'), counted(2, 'key'), counted(1_000, 'entry', 'entries')]).to.deep.equal([
      '1 key',
      '2 keys',
      '1,000 entries',
    ]);
  });

  it('have the unit that evidence names', () => {
    expect([
      figureText(12, 'count'),
      figureText(1.25, 'count'),
      figureText(0.5, 'share'),
      figureText(1_500, 'ms'),
      figureText(2_000, 'bytes'),
    ]).to.deep.equal(['12', '1.3', '50 %', '1.5 s', '2 kB']);
  });
});
