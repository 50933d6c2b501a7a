import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const PROGRAM = fileURLToPath(new URL('./memory-program.ts', import.meta.url));

interface Weighed {
  readonly bytes: number;
  readonly patterns: number;
  readonly sampled: number;
}

function weigh(patterns: number, keys: number): Weighed {
  const args = ['--expose-gc', '--import', 'tsx', PROGRAM, String(patterns), String(keys)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Weighed;
}

describe('the memory of statistics', () => {
  it('is below 20 MB for ten thousand patterns, and grows with their number alone', () => {
    const some = weigh(10_000, 100_000);
    const more = weigh(10_000, 500_000);
    expect(more.patterns).to.equal(10_000);
    expect(more.bytes).to.be.within(1_000_000, 20_000_000);
    expect(more.bytes - some.bytes).to.be.below(2_000_000);
    expect(weigh(10, 500_000).bytes).to.be.below(3_000_000);
  });
});
