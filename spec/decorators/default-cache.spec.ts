import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';
import { configureCache, getDefaultCache, MemoryStore, type CacheOptions } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';

const PROGRAM = fileURLToPath(new URL('default-cache-program.ts', import.meta.url));

interface Outcome {
  readonly whenDefined: number;
  readonly warnings: readonly { readonly name: string; readonly code: string; readonly message: string }[];
  readonly same: boolean;
  readonly loadsOfFallback: number;
  readonly loads: number;
  readonly configuredIsDefault: boolean;
}

describe('the default cache of a process that configured none', () => {
  let outcome: Outcome;

  before(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', PROGRAM]);
    outcome = JSON.parse(stdout) as Outcome;
  });

  it('warns once, when the first method is called, with the code FRESHKEEP_DEFAULT_CACHE', () => {
    expect(outcome.whenDefined).to.equal(0);
    expect(outcome.warnings.map(({ name, code }) => [name, code])).to.deep.equal([
      ['FreshkeepWarning', 'FRESHKEEP_DEFAULT_CACHE'],
    ]);
    expect(outcome.warnings[0]?.message).to.include('configureCache');
  });

  it('caches in memory all the same, for all methods in one', () => {
    expect(outcome.same).to.equal(true);
    expect(outcome.loadsOfFallback).to.equal(2);
  });

  it('gives way to the one that is configured later', () => {
    expect(outcome.configuredIsDefault).to.equal(true);
    expect(outcome.loads).to.equal(3);
  });
});

describe('configureCache', () => {
  it('sets the default cache and returns it', () => {
    const cache = configureCache({ store: new MemoryStore(), name: 'main' });
    expect(getDefaultCache()).to.equal(cache);
    expect(cache.name).to.equal('main');
  });

  it('refuses wrong options and keeps the former cache', () => {
    const former = configureCache({ store: new MemoryStore() });
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{}, '`store`'],
      [{ store: {} }, '`store`'],
      [{ store: new MemoryStore(), name: 7 }, '`name`'],
      [{ store: new MemoryStore(), scope: 'a' }, '`scope`'],
    ];
    for (const [options, named] of wrong) {
      const given = options as unknown as CacheOptions;
      expectCacheError(() => configureCache(given), 'ERR_CACHE_OPTION_INVALID', named);
    }
    const given = { store: new MemoryStore(), maxLoad: '1 minute' } as unknown as CacheOptions;
    expectCacheError(() => configureCache(given), 'ERR_CACHE_DURATION_INVALID', '`maxLoad`');
    expect(getDefaultCache()).to.equal(former);
  });
});
