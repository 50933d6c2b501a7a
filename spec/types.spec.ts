import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { dialect } from './support/dialect.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILERS = ['typescript-5.9', 'typescript', 'typescript-7.0'] as const;

/** Each run of the suite checks the dialect in which it was compiled. */
const legacy = dialect === 'legacy';

/** What the compiler reports, one line for each error. */
async function compile(root: string, compiler: string, project: string, ...options: string[]): Promise<string[]> {
  const bin = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [bin, '-p', join(root, project), '--pretty', 'false', ...options]);
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    return String(stdout ?? error)
      .split('\n')
      .filter((line) => line.includes(': error '));
  }
}

describe('the types of freshkeep', function () {
  this.timeout(120_000);

  for (const compiler of COMPILERS) {
    it(`accept and reject the same under ${compiler}`, async () => {
      const dialect = ['--experimentalDecorators', String(legacy)];
      expect(await compile(ROOT, compiler, 'spec/types/tsconfig.json', ...dialect)).to.deep.equal([]);
    });

    if (!legacy) {
      it(`accept #private methods under ${compiler}`, async () => {
        expect(await compile(ROOT, compiler, 'spec/types/standard/tsconfig.json')).to.deep.equal([]);
      });
    }
  }

  it('are told apart from types that check nothing', async () => {
    const errors = await compileWithUncheckedKeys();
    expect(errors.filter((error) => error.includes('TS2578')).length).to.be.greaterThan(20);
  });
});

/** The same files against a copy of the library in which every key fits every method. */
async function compileWithUncheckedKeys(): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'freshkeep-types-'));
  try {
    for (const path of ['lib', 'spec/types', 'tsconfig.json', 'package.json']) {
      await cp(join(ROOT, path), join(root, path), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const file = join(root, 'lib/keys/key-fits.ts');
    const source = await readFile(file, 'utf8');
    const unchecked = source.replace(
      /(export type KeyFits<[^=]*=)[^;]*;/,
      '$1 [K, A] extends never ? never : unknown;',
    );
    await writeFile(file, unchecked);
    return await compile(root, 'typescript', 'spec/types/tsconfig.json');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
