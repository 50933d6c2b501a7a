import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from './support/dialect.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILERS = ['typescript-5.9', 'typescript', 'typescript-7.0'] as const;

/** The option of the compiler that tells the dialects apart. */
const DIALECTS = [
  ['legacy', 'true'],
  ['standard', 'false'],
] as const;

/** What the compiler reports, one line for each error. */
async function compile(compiler: string, project: string, ...options: string[]): Promise<string[]> {
  const bin = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [bin, '-p', project, '--pretty', 'false', ...options]);
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    return String(stdout ?? error)
      .split('\n')
      .filter((line) => line.includes(': error '));
  }
}

describeInOneDialect('the types of freshkeep', function () {
  this.timeout(120_000);
  let folder: string;
  /** Of the files in `spec/types`, and of those in `spec/types/standard`, against the declarations that users get. */
  let projects: Projects;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freshkeep-types-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const declared = join(folder, 'declared');
    const options = [
      '--emitDeclarationOnly',
      '--declarationMap',
      'false',
      '--sourceMap',
      'false',
      '--outDir',
      declared,
    ];
    expect(await compile('typescript', join(ROOT, 'tsconfig.build.json'), ...options)).to.deep.equal([]);
    projects = await projectsAgainst(folder, declared);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const compiler of COMPILERS) {
    for (const [dialect, legacy] of DIALECTS) {
      it(`accept and reject the same under ${compiler}, with ${dialect} decorators`, async () => {
        expect(await compile(compiler, projects.both, '--experimentalDecorators', legacy)).to.deep.equal([]);
      });
    }

    it(`accept #private methods under ${compiler}`, async () => {
      expect(await compile(compiler, projects.standard)).to.deep.equal([]);
    });
  }

  for (const [dialect, legacy] of DIALECTS) {
    it(`are told apart from types that check nothing, with ${dialect} decorators`, async () => {
      const unchecked = join(folder, `unchecked-${dialect}`);
      await cp(join(folder, 'declared'), unchecked, { recursive: true });
      await fitEveryKey(join(unchecked, 'keys/key-fits.d.ts'));
      const { both } = await projectsAgainst(folder, unchecked);
      const errors = await compile('typescript-7.0', both, '--experimentalDecorators', legacy);
      expect(errors.filter((error) => error.includes('TS2578')).length).to.be.greaterThan(20);
    });
  }
});

interface Projects {
  readonly both: string;
  readonly standard: string;
}

/** Projects in `folder` that find freshkeep in `declared`. */
async function projectsAgainst(folder: string, declared: string): Promise<Projects> {
  const paths = { freshkeep: [join(declared, 'index.d.ts')], 'freshkeep/redis': [join(declared, 'redis.d.ts')] };
  const project = async (name: string, of: string): Promise<string> => {
    const file = join(folder, `${basename(declared)}-${name}.json`);
    const types = join(ROOT, 'spec/types', of);
    const config = {
      extends: join(types, 'tsconfig.json'),
      compilerOptions: { paths },
      include: [join(types, '*.ts')],
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  };
  return { both: await project('both', '.'), standard: await project('standard', 'standard') };
}

/** In the place of the check of keys against the parameters of a method, one that every key passes. */
async function fitEveryKey(file: string): Promise<void> {
  const declared = await readFile(file, 'utf8');
  const unchecked = declared.replace(
    /(export type KeyFits<[^=]*=)[^;]*;/,
    '$1 [K, A] extends never ? never : unknown;',
  );
  expect(unchecked).to.not.equal(declared);
  await writeFile(file, unchecked);
}
