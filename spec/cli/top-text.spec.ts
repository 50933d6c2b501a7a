import { expect } from 'chai';
import { key, type CacheStats } from 'freshkeep';

import { intervalBetween } from '../../lib/cli/top/interval.js';
import { LastLooks } from '../../lib/cli/top/last-looks.js';
import { lookAt } from '../../lib/cli/top/look.js';
import { SORTS, sorted } from '../../lib/cli/top/sort.js';
import { topText } from '../../lib/cli/top/top-text.js';
import { PLAIN } from '../../lib/cli/text/style.js';
import { Clinic } from '../doctor/clinic.js';

/** Of a cache with patterns, before and after ten seconds of calls of the first of them. */
async function twoLooks(patterns = 1): Promise<{ before: CacheStats; after: CacheStats }> {
  const clinic = new Clinic({ name: 'shop' });
  try {
    const methods = Array.from({ length: patterns }, (_, at) =>
      clinic.cache.wrap(
        async (id: number) => {
          await clinic.takes(50);
          return { id };
        },
        { key: (id: number) => key([`pattern${at}:`, ''] as unknown as TemplateStringsArray, id), ttl: '1m' },
      ),
    );
    for (const method of methods) await clinic.traffic({ seconds: 5, perSecond: 4 }, (index) => method(index % 4));
    const before = clinic.cache.stats();
    await clinic.traffic({ seconds: 9, perSecond: 100 }, (index) => methods[0]?.(index % 10));
    return { before, after: clinic.cache.stats() };
  } finally {
    clinic.close();
  }
}

const page = { width: 200, height: 100, style: PLAIN, sort: 'calls' } as const;

describe('What freshkeep top shows', () => {
  it('is what happened between two looks, for each second', async () => {
    const { before, after } = await twoLooks();
    const { length, of, patterns } = intervalBetween(before, after);
    expect([length, of]).to.deep.equal([10_000, 'last interval']);
    expect(patterns).to.deep.equal([
      {
        pattern: 'pattern0:{}',
        callsPerSecond: 90,
        // Of 900 calls six found no value.
        hitRatio: 894 / 900,
        stalePerSecond: 0,
        loadsPerSecond: 0.6,
        loadP99: patterns[0]?.loadP99,
        savedPerSecond: (894 * 50) / 10,
        keys: 10,
        bytesPerEntry: after.patterns[0]?.estimates.bytesPerEntry,
      },
    ]);
    expect(patterns[0]?.loadP99).to.be.within(25, 100);
    expect(intervalBetween(undefined, before)).to.include({ of: 'since it began', length: before.countedFor });
  });

  it('tells no ratio, and no time of a load, where there was neither call nor load', async () => {
    const { after } = await twoLooks();
    const [rates] = intervalBetween(after, { ...after, countedFor: after.countedFor + 1_000 }).patterns;
    expect(rates).to.include({ callsPerSecond: 0, savedPerSecond: 0 }).and.not.to.have.any.keys('hitRatio', 'loadP99');
  });

  it('compares with the look before at the same process alone', async () => {
    const { before, after } = await twoLooks();
    const looks = new LastLooks();
    expect(looks.replace(before)).to.equal(undefined);
    // Another process behind the same address, which began later, and a cache of another name.
    expect(looks.replace({ ...before, at: before.at + 60_000 })).to.equal(undefined);
    expect(looks.replace({ ...before, cache: 'other' })).to.equal(undefined);
    expect(looks.replace(after)).to.equal(before);
    expect(looks.replace(before)).to.equal(undefined);
  });

  it('shows the last interval again where nothing new is told, in the place of one without a length', async () => {
    const { before, after } = await twoLooks();
    const looks = new LastLooks();
    for (const stats of [before, before]) expect(looks.replace({ ...stats })).to.equal(undefined);
    for (const stats of [after, after, after]) expect(looks.replace({ ...stats })).to.deep.equal(before);
    expect(looks.replace({ ...after, countedFor: after.countedFor + 1, at: after.at + 1 })).to.deep.equal(after);
  });

  it('has the health, the findings and a row for each pattern', async () => {
    const { before, after } = await twoLooks(2);
    const last = new LastLooks();
    const source = (stats: CacheStats) => ({ shown: '', read: () => Promise.resolve([stats]) });
    const never = new AbortController().signal;
    await lookAt(source(before), last, never);
    const look = await lookAt(
      source({ ...after, health: { ...after.health, breaker: 'open', queuedInvalidations: 3 } }),
      last,
      never,
    );
    if ('failure' in look) throw look.failure;
    const lines = topText(look.caches, page);
    expect(lines[0]).to.match(/^cache shop {2}breaker open, 3 invalidations queued, 0 loads running {2}\d finding/);
    expect(lines[1]).to.match(/^90 calls\/s in the last 10 s; counting for/);
    expect(lines[2]).to.match(/^PATTERN +CALLS\/S +HIT +STALE\/S +LOADS\/S +P99 LOAD +SAVED\/S +KEYS +BYTES$/);
    expect(lines[3]).to.match(/^pattern0:\{\} +90 +99\.3 % +0 +0\.6 +\d+ ms +4\.5 s +10 +\d+ B$/);
    expect(lines[4]).to.match(/^pattern1:\{\} +0 +– +0 +0 +– +0 ms +4 +\d+ B$/);
  });

  it('fits the terminal, and says how many patterns it has no room for', async () => {
    const { before, after } = await twoLooks(12);
    const interval = intervalBetween(before, after);
    const cache = {
      cache: 'shop',
      countedFor: 1,
      health: after.health,
      findings: { high: 1, medium: 0, low: 2 },
      interval,
    };
    for (const [width, height] of [
      [20, 5],
      [40, 10],
      [80, 24],
    ] as const) {
      const lines = topText([cache], { ...page, width, height });
      expect(lines.length).to.be.at.most(height);
      for (const line of lines) expect(line.length).to.be.at.most(width);
    }
    expect(topText([cache], { ...page, height: 10 }).at(-1)).to.equal('and 7 more patterns');
    expect(topText([cache], page)[0]).to.contain('3 findings (1 high, 2 low)');
    for (const [queuedInvalidations, told] of [
      [1, ' 1 invalidation queued,'],
      ['all', ' the removal of all entries queued,'],
    ] as const) {
      const health = { ...after.health, queuedInvalidations };
      expect(topText([{ ...cache, health }], page)[0]).to.contain(told);
    }
  });

  it('is in the order of any column, and of names where rows are alike', async () => {
    const { before, after } = await twoLooks(3);
    const { patterns } = intervalBetween(before, after);
    const [first, second, third] = patterns;
    if (first === undefined || second === undefined || third === undefined) throw new Error('Expected three patterns');
    const changed = [third, { ...first, keys: 1 }, { ...second, keys: 900, hitRatio: 1 }];
    const by = Object.fromEntries(SORTS.map((sort) => [sort, sorted(changed, sort).map(({ pattern }) => pattern[7])]));
    expect(by).to.deep.include({
      pattern: ['0', '1', '2'],
      calls: ['0', '1', '2'],
      loads: ['0', '1', '2'],
      hit: ['1', '0', '2'],
      keys: ['1', '2', '0'],
      stale: ['0', '1', '2'],
    });
  });
});
