import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from '../support/dialect.js';

const CALLS = 1_000_000;
const MEGABYTE = 1_048_576;

describeInOneDialect('A million calls over keys that never come again', () => {
  it('leave the heap as it was, and no timer behind', async function () {
    this.timeout(180_000);
    const program = fileURLToPath(new URL('../support/soak-program.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--import',
      'tsx',
      program,
      String(CALLS),
    ]);
    const { heaps, resources } = JSON.parse(stdout) as { heaps: number[]; resources: string[] };
    const growth = (heaps.at(-1) ?? NaN) - (heaps[0] ?? NaN);
    console.log(`      heap in MB: ${heaps.map((heap) => (heap / MEGABYTE).toFixed(1)).join(' ')}`);
    expect(growth / MEGABYTE).to.be.below(3);
    expect(resources).to.deep.equal([]);
  });
});
