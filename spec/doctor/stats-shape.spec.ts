import { expect } from 'chai';
import { inspect } from 'node:util';
import { diagnose, key, type CacheStats } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';
import { Clinic } from './clinic.js';

type Path = readonly (string | number)[];

/** Of a list the first member stands for all. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, 1).map((each: unknown) => [0, each])
    : Object.entries(Object(value) === value ? (value as object) : {});
  return [path, ...members.flatMap(([name, each]) => pathsOf(each, [...path, name]))];
}

function withAt(value: unknown, path: Path, other: unknown): CacheStats {
  const [name, ...rest] = path;
  if (name === undefined) return other as CacheStats;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[name] = withAt(copy[name], rest, other);
  return copy as unknown as CacheStats;
}

const written = (path: Path) => path.map((name) => (typeof name === 'number' ? `[${name}]` : `.${name}`)).join('');

describe('Statistics that the doctor is given', () => {
  let stats: CacheStats;

  before(async () => {
    const clinic = new Clinic();
    try {
      await clinic.traffic({ seconds: 2, perSecond: 20 }, (index) =>
        clinic.cache.getOrLoad(key`page:${index % 3}`, () => clinic.takes(1), { ttl: '1s' }),
      );
      stats = clinic.cache.stats();
    } finally {
      clinic.close();
    }
  });

  /** All that is not in every cache's. */
  const complete = (): CacheStats => {
    const { patterns, health } = stats;
    const filler = {
      by: 'Pages.find',
      fills: 1,
      shortestTtl: 1,
      longestTtl: 1,
      staleWhileRevalidate: 0,
      tagged: false,
    };
    return {
      ...stats,
      patterns: patterns.map((pattern) => ({
        ...pattern,
        fillers: [{ ...filler, silentWriters: ['rename'] }],
        estimates: { ...pattern.estimates, bytesPerEntry: 3 },
        ttlCurve: [{ ttl: 1_000, hitRatio: 0.5, outOfDate: 0.1 }],
      })),
      events: { hit: 1 },
      sharedValues: [{ patterns: ['a', 'b'], loads: 1 }],
      memory: { entries: 1, maxEntries: 2, evictions: 0, entriesCurve: [{ maxEntries: 1, hitRatio: 0.5 }] },
      health: { ...health, breaker: 'closed', l1: 'trusted', bus: { state: 'connected', lag: 0 }, clockOffset: 0 },
    };
  };

  it('are taken as they are, and as JSON gives them back', () => {
    expect(diagnose(complete())).to.deep.equal([]);
    expect(diagnose(JSON.parse(JSON.stringify(stats)) as CacheStats)).to.deep.equal([]);
  });

  for (const wrong of [null, undefined, NaN, { an: [] }])
    it(`are refused where a member is ${inspect(wrong)}, however deep, by its name`, () => {
      const optional = new Set([
        'bytesPerEntry',
        'outOfDate',
        'silentWriters',
        'memory',
        'breaker',
        'l1',
        'bus',
        'clockOffset',
      ]);
      const paths = pathsOf(complete()).filter((path) => wrong !== undefined || !optional.has(String(path.at(-1))));
      expect(paths.length).to.be.above(70);
      for (const path of paths)
        expectCacheError(
          () => diagnose(withAt(complete(), path, wrong)),
          'ERR_CACHE_OPTION_INVALID',
          `\`stats${written(path)}`,
        );
    });

  it('are refused with what was expected and what was given', () => {
    const refused = (path: Path, wrong: unknown, message: string) =>
      expectCacheError(() => diagnose(withAt(complete(), path, wrong)), 'ERR_CACHE_OPTION_INVALID', message);
    refused([], 'text', 'Expected `stats` to be an object, as cache.stats() gives it, got "text"');
    refused(['format'], 2, '`stats.format` to be 1, as cache.stats() gives it, got 2');
    refused(['patterns', 0, 'loads', 'sum'], 'much', '`stats.patterns[0].loads.sum` to be a finite number');
    refused(['sharedValues', 0, 'patterns'], ['a'], '`stats.sharedValues[0].patterns` to be two of a string');
    refused(['patterns'], {}, '`stats.patterns` to be a list');
    refused(['health', 'queuedInvalidations'], 'some', 'to be a finite number or "all", as');
    refused(['patterns', 0, 'fillers', 0, 'tagged'], 1, '`stats.patterns[0].fillers[0].tagged` to be true or false');
  });
});
