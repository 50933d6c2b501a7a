import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from '../support/dialect.js';

const MEGABYTE = 1_048_576;

interface Soaked {
  readonly heaps: number[];
  readonly resources: string[];
  /** Does the process still take itself for one that loads something? */
  readonly loading: boolean;
}

async function soak(kind: 'loads' | 'hangs' | 'batches', calls: number): Promise<Soaked> {
  const program = fileURLToPath(new URL('../support/soak-program.ts', import.meta.url));
  const args = ['--expose-gc', '--import', 'tsx', program, kind, String(calls)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const soaked = JSON.parse(stdout) as Soaked;
  console.log(`      heap in MB: ${soaked.heaps.map((heap) => (heap / MEGABYTE).toFixed(1)).join(' ')}`);
  return soaked;
}

function growthOf({ heaps }: Soaked): number {
  return ((heaps.at(-1) ?? NaN) - (heaps[0] ?? NaN)) / MEGABYTE;
}

describeInOneDialect('A hundred and fifty thousand calls over keys that never come again', () => {
  it('leave the heap as it was, and no timer behind', async function () {
    this.timeout(180_000);
    const soaked = await soak('loads', 150_000);
    expect(growthOf(soaked)).to.be.below(3);
    expect(soaked.resources).to.deep.equal([]);
  });
});

describeInOneDialect('Fifty thousand loads that never settle', () => {
  it('leave the heap as it was, once `maxLoad` is over', async function () {
    const soaked = await soak('hangs', 50_000);
    expect(growthOf(soaked)).to.be.below(3);
    expect(soaked).to.include({ loading: false });
    expect(soaked.resources).to.deep.equal([]);
  });
});

describeInOneDialect('Twenty thousand batches that never settle', () => {
  it('leave the heap as it was, once `maxLoad` is over', async function () {
    const soaked = await soak('batches', 20_000);
    expect(growthOf(soaked)).to.be.below(3);
    expect(soaked).to.include({ loading: false });
    expect(soaked.resources).to.deep.equal([]);
  });
});
