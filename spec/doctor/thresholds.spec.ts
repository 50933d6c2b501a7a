import { expect } from 'chai';
import {
  createCache,
  diagnose,
  key,
  MemoryStore,
  OTHER_PATTERNS,
  type CacheStats,
  type FillerStats,
  type FindingName,
  type PatternStats,
} from 'freshkeep';

const SECOND = 1_000;

/** Which figures make a finding: those that are not given are those of a cache with nothing wrong. */
describe('The doctor, by figures alone', () => {
  let healthy: CacheStats;
  let pattern: PatternStats;

  before(async () => {
    const cache = createCache({ store: new MemoryStore() });
    await cache.getOrLoad(key`user:${1}`, () => ({ id: 1 }), { ttl: '15s' });
    healthy = { ...cache.stats(), countedFor: 3_600 * SECOND };
    [pattern] = healthy.patterns as [PatternStats];
  });

  const filler = (changes: Partial<FillerStats> = {}): FillerStats => ({
    by: 'Users.find',
    fills: 100,
    shortestTtl: 15 * SECOND,
    longestTtl: 15 * SECOND,
    staleWhileRevalidate: 0,
    tagged: false,
    ...changes,
  });

  /** With the same hit ratio at all ttls up to that in use, and another one at longer ones. */
  const curve = (upToUse: number, beyond: number, outOfDate?: number) =>
    pattern.ttlCurve.map(({ ttl }) => ({
      ttl,
      hitRatio: ttl <= 15 * SECOND ? upToUse : beyond,
      ...(outOfDate === undefined ? {} : { outOfDate }),
    }));

  const patternWith = (changes: Partial<PatternStats>): PatternStats => ({
    ...pattern,
    fillers: [filler()],
    ...changes,
  });

  const namesIn = (changes: Partial<CacheStats>): FindingName[] =>
    diagnose({ ...healthy, ...changes }).map(({ name }) => name);

  const names = (changes: Partial<PatternStats>): FindingName[] => namesIn({ patterns: [patternWith(changes)] });

  const estimates = (changes: Partial<PatternStats['estimates']>) => ({ ...pattern.estimates, ...changes });

  it('finds nothing in the figures that the others begin with', () => {
    expect(names({})).to.deep.equal([]);
  });

  /** So many calls waited for the load of another as an entry had expired, of so many loads and so many calls in all. */
  const stampede = (waitedAtExpiry: number, loading: number, calls: number): Partial<PatternStats> => ({
    calls,
    misses: waitedAtExpiry + loading - 20 + 500,
    coalesced: waitedAtExpiry + 300,
    waits: 200,
    refreshes: 20,
    estimates: estimates({ waitedAtExpiry }),
  });

  it('finds a stampede from 50 calls that waited on, of which loads have a caller more', () => {
    expect(names(stampede(50, 50, 5_000))).to.deep.equal(['stampede']);
    expect(names(stampede(49, 49, 4_900))).to.deep.equal([]);
    expect(names(stampede(50, 51, 5_000))).to.deep.equal([]);
  });

  it('finds no stampede in a caller more for each load, where that is fewer than one in a hundred calls', () => {
    expect(names(stampede(50, 50, 5_001))).to.deep.equal([]);
  });

  it('finds it in a few popular keys, of which one in twenty of all calls waits', () => {
    expect(names(stampede(100, 300, 2_000))).to.deep.equal(['stampede']);
    expect(names(stampede(100, 301, 2_000))).to.deep.equal([]);
    expect(names(stampede(100, 300, 2_001))).to.deep.equal([]);
  });

  it('finds it among many calls where each load has four callers more', () => {
    expect(names(stampede(200, 50, 1_000_000))).to.deep.equal(['stampede']);
    expect(names(stampede(200, 51, 1_000_000))).to.deep.equal([]);
  });

  it('finds a ttl too long from one in twenty hits on', () => {
    const outOfDate = (share: number) => names({ calls: 100, ttlCurve: curve(0.9, 0.9, share) });
    expect(outOfDate(0.05)).to.deep.equal(['ttl-too-long']);
    expect(outOfDate(0.049)).to.deep.equal([]);
    expect(names({ calls: 99, ttlCurve: curve(0.9, 0.9, 0.5) })).to.deep.equal([]);
  });

  it('advises the longest of the shorter ttls that would do, and none that is longer', () => {
    const ttlCurve = pattern.ttlCurve.map(({ ttl }) => ({
      ttl,
      hitRatio: 0.9,
      outOfDate: ttl === 15 * SECOND ? 0.3 : 0.01,
    }));
    const [finding] = diagnose({ ...healthy, patterns: [patternWith({ calls: 100, ttlCurve })] });
    expect(finding?.advice).to.match(/^With a ttl of '5s' /);
  });

  /** Each at the end of the ttl in use. */
  const reloads = (count: number, changed: number) => ({ count, changed, ages: count * 15 * SECOND });

  const short = (count: number, changed: number, beyond = 0.61): Partial<PatternStats> => ({
    reloads: reloads(count, changed),
    ttlCurve: curve(0.5, beyond),
    invalidations: 1,
  });

  it('finds a ttl too short where 20 loads or more found the same, but for 2 %, and a tenth is to be gained', () => {
    expect(names(short(20, 0))).to.deep.equal(['ttl-too-short']);
    expect(names(short(19, 0))).to.deep.equal([]);
    expect(names(short(100, 2))).to.deep.equal(['ttl-too-short']);
    expect(names(short(100, 3))).to.deep.equal([]);
    expect(names(short(20, 0, 0.59))).to.deep.equal([]);
  });

  it('advises no ttl at which changes that were not seen could matter, where nobody would tell of them', () => {
    const unannounced = (count: number, changed: number, countedFor = 3_600 * SECOND) =>
      namesIn({ countedFor, patterns: [patternWith({ ...short(count, changed), invalidations: 0 })] });
    // For a minute: ten minutes between two changes, of which three more may come.
    expect(unannounced(120, 0)).to.deep.equal(['ttl-too-short']);
    expect(unannounced(119, 0)).to.deep.equal([]);
    expect(unannounced(160, 1)).to.deep.equal(['ttl-too-short']);
    expect(unannounced(159, 1)).to.deep.equal([]);
    expect(unannounced(120, 0, 600 * SECOND)).to.deep.equal(['ttl-too-short']);
    expect(unannounced(120, 0, 599 * SECOND)).to.deep.equal([]);
  });

  it('takes what was counted for the present where that is more than the curve has', () => {
    expect(
      names({ ...short(20, 0), calls: 100, sharedHits: 50, loads: { ...pattern.loads, sum: 1_000 } }),
    ).to.deep.equal(['ttl-too-short']);
    expect(
      names({ ...short(20, 0), calls: 100, sharedHits: 52, loads: { ...pattern.loads, sum: 1_000 } }),
    ).to.deep.equal([]);
  });

  it('asks for more to gain where nobody waits', () => {
    const fillers = [filler({ staleWhileRevalidate: 60 * SECOND })];
    expect(names({ ...short(20, 0, 0.8), fillers })).to.deep.equal(['ttl-too-short']);
    expect(names({ ...short(20, 0, 0.79), fillers })).to.deep.equal([]);
  });

  const unannounced = (count: number, changed: number, changes: Partial<PatternStats> = {}) =>
    names({ reloads: reloads(count, changed), ttlCurve: curve(0.9, 0.9, 0.05), calls: 99, ...changes });

  it('finds no invalidation from three changes and one in twenty on, unless writers tell', () => {
    expect(unannounced(60, 3)).to.deep.equal(['no-invalidation']);
    expect(unannounced(40, 2)).to.deep.equal([]);
    expect(unannounced(100, 4)).to.deep.equal([]);
    expect(unannounced(60, 3, { invalidations: 1 })).to.deep.equal([]);
    expect(unannounced(60, 3, { updates: 1 })).to.deep.equal([]);
    expect(unannounced(60, 3, { directWrites: 1 })).to.deep.equal([]);
    expect(unannounced(60, 3, { fillers: [filler({ tagged: true })] })).to.deep.equal([]);
  });

  it('finds no invalidation only where hits would be out of date', () => {
    const outOfDate = (share: number, silentWriters: string[] = []) =>
      unannounced(60, 3, { ttlCurve: curve(0.9, 0.9, share), fillers: [filler({ silentWriters })] });
    expect(outOfDate(0.05)).to.deep.equal(['no-invalidation']);
    expect(outOfDate(0.049)).to.deep.equal([]);
    expect(outOfDate(0.01, ['Users.rename'])).to.deep.equal(['no-invalidation']);
    expect(outOfDate(0.009, ['Users.rename'])).to.deep.equal([]);
  });

  it('says nothing of values that change where too few were loaded to tell what that means', () => {
    expect(unannounced(19, 19, { ttlCurve: curve(0.9, 0.9) })).to.deep.equal([]);
  });

  it('says nothing of values that change where each may live for as long as it holds', () => {
    const changing = (shortestTtl: number) =>
      names({
        calls: 100,
        reloads: reloads(100, 50),
        ttlCurve: curve(0.9, 0.9, 0.5),
        fillers: [filler({ shortestTtl })],
      });
    expect(changing(7.5 * SECOND)).to.deep.equal(['ttl-too-long', 'no-invalidation']);
    expect(changing(7.4 * SECOND)).to.deep.equal([]);
  });

  it('asks whether values have the time of the load in them where every load found another one', () => {
    const changing = (changed: number) =>
      diagnose({
        ...healthy,
        patterns: [
          patternWith({
            calls: 100,
            reloads: reloads(20, changed),
            ttlCurve: curve(0.9, 0.9, 0.9),
            fillers: [filler({ silentWriters: ['Users.rename'] })],
          }),
        ],
      });
    expect(changing(20).map(({ name }) => name)).to.deep.equal(['no-invalidation', 'ttl-too-long']);
    expect(changing(20).map(({ severity }) => severity)).to.deep.equal(['high', 'medium']);
    for (const { advice } of changing(20)) expect(advice).to.contain('Every load found another value');
    expect(changing(19).map(({ severity }) => severity)).to.deep.equal(['high', 'high']);
    for (const { advice } of changing(19)) expect(advice).to.not.contain('Every load found another value');
  });

  it('takes for ttls that were not tried what those beside them tell', () => {
    const outOfDate = (ttl: number, at: number, before: number, after: number) => {
      const ttlCurve = pattern.ttlCurve.map((each) => ({
        ttl: each.ttl,
        hitRatio: 0.9,
        outOfDate: each.ttl >= at ? after : before,
      }));
      const fillers = [filler({ shortestTtl: ttl, longestTtl: ttl })];
      const [finding] = diagnose({ ...healthy, patterns: [patternWith({ calls: 100, ttlCurve, fillers })] });
      return finding?.evidence.find(({ what }) => what.startsWith('hits out of date'))?.value;
    };
    expect(outOfDate(5 * SECOND, 5 * SECOND, 0, 0.2)).to.be.closeTo(0.2, 1e-9);
    expect(outOfDate(4 * SECOND, 5 * SECOND, 0, 0.2)).to.be.closeTo(0.15, 1e-9);
    expect(outOfDate(1 * SECOND, SECOND, 0, 0.2)).to.be.closeTo(0.2, 1e-9);
    expect(outOfDate(0.5 * SECOND, SECOND, 0, 0.2)).to.be.closeTo(0.1, 1e-9);
    expect(outOfDate(0.2 * SECOND, SECOND, 0, 0.2)).to.equal(undefined);
    expect(outOfDate(30 * 86_400 * SECOND, SECOND, 0, 0.2)).to.be.closeTo(0.2, 1e-9);
  });

  const unread = (ended: number, never: number, hitRatio: number, best = hitRatio): Partial<PatternStats> => ({
    hitRatio,
    ttlCurve: curve(hitRatio, best),
    estimates: estimates({ ended, unread: never }),
  });

  it('finds what is not worth caching where four fifths are never read, and few calls could be hits', () => {
    expect(names(unread(50, 40, 0.3))).to.deep.equal(['not-worth-caching']);
    expect(names(unread(49, 49, 0))).to.deep.equal([]);
    expect(names(unread(50, 39, 0.3))).to.deep.equal([]);
    expect(names(unread(50, 40, 0.31))).to.deep.equal([]);
    expect(names(unread(50, 40, 0.22, 0.31))).to.deep.equal([]);
  });

  it('takes nothing for not worth caching that another ttl would make clearly more of', () => {
    expect(names(unread(50, 40, 0.1, 0.19))).to.deep.equal(['not-worth-caching']);
    expect(names(unread(50, 40, 0.1, 0.2))).to.deep.equal([]);
  });

  it('finds what is never stored from 50 values on', () => {
    const unwanted = (unwantedFills: number, fills: number) => names({ unwantedFills, fills, fillers: [] });
    expect(unwanted(50, 0)).to.deep.equal(['not-worth-caching']);
    expect(unwanted(49, 0)).to.deep.equal([]);
    expect(unwanted(5_000, 1)).to.deep.equal([]);
  });

  it('finds what is loaded more quickly than it is fetched', () => {
    const quick = (sum: number, count = 50): Partial<PatternStats> => ({
      loads: { ...pattern.loads, count, sum },
      sharedHits: 10,
      localHits: 9,
    });
    expect(names(quick(4.9))).to.deep.equal(['not-worth-caching']);
    expect(names(quick(5))).to.deep.equal([]);
    expect(names(quick(4.8, 49))).to.deep.equal([]);
    expect(names({ ...quick(4.9), localHits: 10 })).to.deep.equal([]);
  });

  it('finds two lifetimes that are more than a tenth apart, or whose stale windows differ', () => {
    const two = (changes: Partial<FillerStats>) =>
      names({ fillers: [filler(), filler({ by: 'Users.load', ...changes })] });
    const ttl = (longest: number, shortest = longest) => two({ shortestTtl: shortest, longestTtl: longest });
    expect(ttl(13.4 * SECOND)).to.deep.equal(['duplicated-logic']);
    expect(ttl(13.6 * SECOND)).to.deep.equal([]);
    expect(ttl(20 * SECOND, 15 * SECOND)).to.deep.equal([]);
    expect(two({ staleWhileRevalidate: 1 })).to.deep.equal(['duplicated-logic']);
    expect(two({ staleWhileRevalidate: 1, fills: 4 })).to.deep.equal([]);
  });

  it('takes reads by hand alone, or writes, for no logic of its own', () => {
    expect(names({ directReads: 1, directWrites: 1 })).to.deep.equal(['duplicated-logic']);
    expect(names({ directReads: 1 })).to.deep.equal([]);
    expect(names({ directWrites: 1 })).to.deep.equal([]);
    expect(names({ directReads: 1, directWrites: 1, calls: 0 })).to.deep.equal([]);
  });

  it('finds values that cannot be stored from the first on, of high severity from one in a hundred on, of low below', () => {
    const severity = (unsupportedFills: number, fills: number) =>
      diagnose({ ...healthy, patterns: [patternWith({ unsupportedFills, fills })] }).map((finding) => finding.severity);
    expect(severity(1, 99)).to.deep.equal(['high']);
    expect(severity(1, 100)).to.deep.equal(['low']);
    expect(severity(0, 100)).to.deep.equal([]);
  });

  const severities = (changes: Partial<CacheStats>) =>
    diagnose({ ...healthy, ...changes }).map((each) => each.severity);

  it('finds options that fail from the first time on, of low severity below one in a hundred values', () => {
    const failing = (failedOptions: number, fills: number, unwantedFills: number) =>
      severities({ patterns: [patternWith({ failedOptions, fills, unwantedFills })] });
    expect(failing(1, 60, 39)).to.deep.equal(['medium']);
    expect(failing(1, 60, 40)).to.deep.equal(['low']);
    expect(failing(0, 60, 40)).to.deep.equal([]);
  });

  it('finds entries that cannot be read from the first on, of low severity below one in a hundred that were found', () => {
    const unreadable = (count: number, sharedHits: number) =>
      severities({
        events: { ...healthy.events, 'entry-unreadable': count },
        patterns: [patternWith({ sharedHits, staleHits: 9, loads: { ...pattern.loads, sum: 1_000 } })],
      });
    expect(unreadable(1, 90)).to.deep.equal(['medium']);
    expect(unreadable(1, 91)).to.deep.equal(['low']);
    expect(unreadable(0, 0)).to.deep.equal([]);
    const byHand = patternWith({ directReads: 100 });
    expect(severities({ events: { 'entry-unreadable': 1 }, patterns: [byHand] })).to.deep.equal(['low']);
  });

  it('finds loads that fail from 20 and a tenth of all on, of high severity from half of them on', () => {
    const failing = (failedLoads: number, count: number) =>
      diagnose({
        ...healthy,
        patterns: [patternWith({ failedLoads, loads: { ...pattern.loads, count, sum: 1_000 } })],
      }).map(({ name, severity }) => `${severity} ${name}`);
    expect(failing(20, 200)).to.deep.equal(['medium failing-loads']);
    expect(failing(20, 201)).to.deep.equal([]);
    expect(failing(19, 19)).to.deep.equal([]);
    expect(failing(20, 40)).to.deep.equal(['high failing-loads']);
    expect(failing(20, 41)).to.deep.equal(['medium failing-loads']);
  });

  it('finds fills refused too often from 20 and a fifth of all on', () => {
    expect(names({ refusedFills: 20, fills: 80 })).to.deep.equal(['refused-fills']);
    expect(names({ refusedFills: 19, fills: 1 })).to.deep.equal([]);
    expect(names({ refusedFills: 20, fills: 81 })).to.deep.equal([]);
  });

  it('finds keys that explode after a ttl, or an hour, for nearly all of many are new at first', () => {
    const explosion = (countedFor: number, ttl: number) =>
      namesIn({
        countedFor,
        patterns: [
          patternWith({
            calls: 5_000,
            estimates: estimates({ keys: 5_000 }),
            fillers: [filler({ shortestTtl: ttl, longestTtl: ttl })],
          }),
        ],
      });
    expect(explosion(60 * SECOND, 60 * SECOND)).to.deep.equal(['key-explosion']);
    expect(explosion(59 * SECOND, 60 * SECOND)).to.deep.equal([]);
    expect(explosion(3_600 * SECOND, 86_400 * SECOND)).to.deep.equal(['key-explosion']);
    expect(explosion(3_599 * SECOND, 86_400 * SECOND)).to.deep.equal([]);
  });

  it('finds keys that explode from 5,000 on, of which nine in ten are new', () => {
    expect(names({ calls: 5_555, estimates: estimates({ keys: 5_000 }) })).to.deep.equal(['key-explosion']);
    expect(names({ calls: 4_999, estimates: estimates({ keys: 4_999 }) })).to.deep.equal([]);
    expect(names({ calls: 5_556, estimates: estimates({ keys: 5_000 }) })).to.deep.equal([]);
  });

  it('finds leases that end from the third on', () => {
    expect(names({ endedLeases: 3 })).to.deep.equal(['lease-ended']);
    expect(names({ endedLeases: 2 })).to.deep.equal([]);
    expect(names({ endedLeases: 3, loads: { ...pattern.loads, count: 3_000 } })).to.deep.equal(['lease-ended']);
    expect(names({ endedLeases: 3, loads: { ...pattern.loads, count: 3_001 } })).to.deep.equal([]);
  });

  const memory = (evictions: number, larger: number): Partial<CacheStats> => ({
    memory: {
      entries: 100,
      maxEntries: 100,
      evictions,
      entriesCurve: [
        { maxEntries: 50, hitRatio: 0.4 },
        { maxEntries: 100, hitRatio: 0.5 },
        { maxEntries: 200, hitRatio: larger },
      ],
    },
  });

  it('finds a memory too small from a hundred entries that gave way on, where one in twenty calls is to be gained', () => {
    expect(namesIn(memory(100, 0.55))).to.deep.equal(['l1-too-small']);
    expect(namesIn(memory(99, 0.55))).to.deep.equal([]);
    expect(namesIn(memory(100, 0.549))).to.deep.equal([]);
  });

  const shared = (loads: number, told: number): Partial<CacheStats> => ({
    patterns: [patternWith({ invalidations: 1 }), patternWith({ pattern: 'by-name:{}', invalidations: told })],
    sharedValues: [{ patterns: ['by-name:{}', 'user:{}'], loads }],
  });

  it('finds one value under two names from the fifth load on, where writers know one of them', () => {
    expect(namesIn(shared(5, 0))).to.deep.equal(['inconsistent-keys']);
    expect(namesIn(shared(4, 0))).to.deep.equal([]);
    expect(namesIn(shared(5, 1))).to.deep.equal([]);
  });

  it('tells of two patterns once, as of the worst that they have', () => {
    const patterns = [
      patternWith({ reloads: reloads(60, 3) }),
      patternWith({ pattern: 'User-{}', calls: 0, fills: 0, fillers: [], invalidations: 3 }),
    ];
    const findings = diagnose({ ...healthy, patterns });
    expect(findings.map(({ name, severity }) => `${severity} ${name}`)).to.deep.equal(['high inconsistent-keys']);
    expect(findings[0]?.summary).to.contain('Cached by one name and invalidated by another');
  });

  it('says no more of patterns that are counted together than that they are', () => {
    expect(names({ pattern: OTHER_PATTERNS, ...stampede(500, 200, 1_000), unsupportedFills: 1 })).to.deep.equal([
      'too-many-patterns',
    ]);
  });

  it('tells the worst first, whichever rule comes first', () => {
    const findings = diagnose({
      ...healthy,
      patterns: [patternWith({ endedLeases: 3, directReads: 1, directWrites: 1, unsupportedFills: 1 })],
    });
    expect(findings.map(({ severity }) => severity)).to.deep.equal(['high', 'medium', 'low']);
  });

  it('finds clocks apart from a second on, either way', () => {
    const offset = (clockOffset: number) => namesIn({ health: { ...healthy.health, clockOffset } });
    expect([offset(1_000), offset(-1_000)]).to.deep.equal([['clock-skew'], ['clock-skew']]);
    expect([offset(999), offset(-999)]).to.deep.equal([[], []]);
  });
});
