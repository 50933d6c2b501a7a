import { expect } from 'chai';

import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatRoundShare,
  formatShare,
} from '../../lib/dashboard/page/format.js';

describe('The figures of the page', () => {
  const GIVEN: readonly (readonly [format: (value: number) => string, ...(readonly [number, string])[]])[] = [
    [formatCount, [0, '0'], [9_999, '9,999'], [12_345, '12.3K'], [4_000_000, '4.0M']],
    [formatRate, [0, '0/s'], [0.04, '< 0.1/s'], [0.44, '0.4/s'], [12.3, '12/s']],
    [formatShare, [0, '0 %'], [0.0004, '< 0.1 %'], [0.8333, '83.3 %'], [0.9995, '> 99.9 %'], [1, '100 %']],
    [formatRoundShare, [0.5, '50 %']],
    [
      formatDuration,
      [0, '0 ms'],
      [0.001, '< 0.01 ms'],
      [0.44, '0.44 ms'],
      [999.4, '999 ms'],
      [999.7, '1 s'],
      [1_234, '1.2 s'],
    ],
    [formatDuration, [59_999, '59 s'], [200_000, '3 min 20 s'], [300_000, '5 min'], [191_000_000, '2 d 5 h']],
    [formatBytes, [0, '0 B'], [512, '512 B'], [1_234, '1.2 kB'], [999_999, '1 MB'], [5e9, '5 GB']],
  ];

  it('stand in one line with their units', () => {
    for (const [format, ...pairs] of GIVEN) {
      for (const [value, text] of pairs) expect(format(value)).to.equal(text.replaceAll(' ', '\u00a0'));
    }
  });
});
