import { expect } from 'chai';
import { createCache, key, MemoryStore, type PatternStats } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { describeInOneDialect } from '../support/dialect.js';
import { seededRandom } from '../support/random.js';
import { zipf } from '../support/zipf.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Traffic {
  readonly keys: number;
  readonly calls: number;
  /** Milliseconds. */
  readonly lasting: number;
  /** How long a value of the source lasts on average. */
  readonly valueLife: number;
  /** One in so many calls is a write that invalidates its key; 0: none. */
  readonly writes: number;
  /** Milliseconds. */
  readonly loadTakes: number;
  /** Do hardly any calls come in the second half of the time? */
  readonly hasNight?: boolean;
  /** So many calls of a key come at once. Default 1. */
  readonly together?: number;
  readonly seed: number;
}

interface Call {
  readonly id: number;
  readonly at: number;
  readonly isWrite: boolean;
}

/** Few keys are called often (Zipf, exponent 0.99), at random instants. */
function callsOf({ keys, calls, lasting, writes, hasNight = false, together = 1, seed }: Traffic): Call[] {
  const random = seededRandom(seed);
  const draw = zipf(keys, random);
  let at = 0;
  return Array.from({ length: calls / together }, () => {
    const shareOfTime = hasNight ? (at < lasting / 2 ? 0.55 : 5) : 1;
    at += -Math.log(1 - random()) * (lasting / calls) * together * shareOfTime;
    const call = { id: draw(), at: Math.round(at), isWrite: writes > 0 && random() < 1 / writes };
    return Array.from({ length: together }, () => call);
  }).flat();
}

/** The source: each value is replaced at random instants, which the seed decides. */
class Source {
  readonly #lifetime: number;
  readonly #seed: number;
  readonly #versions = new Map<number, { random: () => number; next: number; version: number }>();

  constructor({ valueLife, seed }: Traffic) {
    this.#lifetime = valueLife;
    this.#seed = seed;
  }

  versionOf(id: number, at: number): number {
    let state = this.#versions.get(id);
    if (state === undefined) {
      const random = seededRandom(this.#seed * 1_000_003 + id);
      state = { random, next: -Math.log(1 - random()) * this.#lifetime, version: 0 };
      this.#versions.set(id, state);
    }
    while (state.next <= at) {
      state.next += -Math.log(1 - state.random()) * this.#lifetime;
      state.version += 1;
    }
    return state.version;
  }
}

/** What a cache with this ttl does with this traffic: every call looked at. */
function simulate(traffic: Traffic, calls: readonly Call[], ttl: number): { hitRatio: number; outOfDate: number } {
  const source = new Source(traffic);
  const entries = new Map<number, { from: number; until: number; version: number }>();
  let [reads, hits, outOfDate] = [0, 0, 0];
  for (const { id, at, isWrite } of calls) {
    if (isWrite) {
      entries.delete(id);
      continue;
    }
    reads += 1;
    const version = source.versionOf(id, at);
    const entry = entries.get(id);
    if (entry === undefined || at >= entry.until) {
      const from = at + traffic.loadTakes;
      entries.set(id, { from, until: from + ttl, version });
    } else if (at >= entry.from) {
      hits += 1;
      if (entry.version !== version) outOfDate += 1;
    }
  }
  return { hitRatio: hits / reads, outOfDate: hits === 0 ? 0 : outOfDate / hits };
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describeInOneDialect('What other ttls would have given', () => {
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    clock.restore();
  });

  /** What the cache says after it has had these calls. */
  async function estimate(traffic: Traffic, calls: readonly Call[], ttl: number): Promise<PatternStats> {
    const cache = createCache({ store: new MemoryStore({ maxEntries: 100_000 }) });
    const source = new Source(traffic);
    const startedAt = clock.now;
    const load = async (id: number) => {
      const version = source.versionOf(id, clock.now - startedAt);
      if (traffic.loadTakes > 0) await new Promise((resolve) => setTimeout(resolve, traffic.loadTakes));
      return { id, version };
    };
    // Other keys for each seed: whether those that are called most are in the sample is chance.
    const find = cache.wrap(load, { key: (id: number) => key`user:${traffic.seed}:${id}`, ttl: ttl / 1_000 });
    for (const { id, at, isWrite } of calls) {
      const pause = at - (clock.now - startedAt);
      // Nothing is under way that would go on by itself, and to wait for that takes most of the time.
      if (traffic.loadTakes === 0) clock.tick(pause);
      else await clock.tickAsync(pause);
      if (isWrite) await cache.invalidate(key`user:${traffic.seed}:${id}`);
      else if (traffic.loadTakes === 0) await find(id);
      else void find(id);
    }
    const [pattern] = cache.stats().patterns;
    if (pattern === undefined) throw new Error('Expected figures of a pattern');
    return pattern;
  }

  const traffics: readonly (readonly [string, Omit<Traffic, 'seed'>, number])[] = [
    [
      'few keys, all of which are watched',
      { keys: 200, calls: 20_000, lasting: 2 * HOUR, valueLife: 20 * MINUTE, writes: 0, loadTakes: 0 },
      MINUTE,
    ],
    [
      'many keys, a few of which are watched',
      { keys: 20_000, calls: 60_000, lasting: 6 * HOUR, valueLife: 30 * MINUTE, writes: 0, loadTakes: 0 },
      5 * MINUTE,
    ],
    [
      'writes that invalidate',
      { keys: 5_000, calls: 60_000, lasting: 12 * HOUR, valueLife: 4 * HOUR, writes: 20, loadTakes: 0 },
      15 * MINUTE,
    ],
    [
      'loads for which many wait',
      { keys: 40, calls: 20_000, lasting: 20 * MINUTE, valueLife: 2 * MINUTE, writes: 200, loadTakes: 800 },
      2_000,
    ],
    [
      'loads for which many wait, of many keys, a few of which are watched',
      { keys: 10_000, calls: 40_000, lasting: 20 * MINUTE, valueLife: 2 * MINUTE, writes: 0, loadTakes: 2_000 },
      10_000,
    ],
    [
      'a day and a night',
      { keys: 20_000, calls: 60_000, lasting: 16 * HOUR, valueLife: 4 * HOUR, writes: 0, loadTakes: 0, hasNight: true },
      15 * MINUTE,
    ],
  ];

  for (const [title, traffic, ttl] of traffics) {
    it(`is what a full simulation says, within 3 points on average, for ${title}`, async () => {
      const errors: { hitRatio: number; outOfDate: number }[] = [];
      for (const seed of [1, 2, 3]) errors.push(...(await errorsOf({ ...traffic, seed }, ttl)));
      expect(errors).to.have.length.above(15);
      expect(mean(errors.map(({ hitRatio }) => hitRatio)), 'hit ratio').to.be.below(0.03);
      expect(mean(errors.map(({ outOfDate }) => outOfDate)), 'share out of date').to.be.below(0.03);
    });
  }

  /** For each ttl that is no longer than the traffic. */
  async function errorsOf(traffic: Traffic, ttl: number): Promise<{ hitRatio: number; outOfDate: number }[]> {
    const calls = callsOf(traffic);
    const { ttlCurve } = await estimate(traffic, calls, ttl);
    const curve = ttlCurve.filter((point) => point.ttl <= traffic.lasting);
    return curve.map(({ ttl: tried, hitRatio, outOfDate = NaN }) => {
      const exact = simulate(traffic, calls, tried);
      return { hitRatio: Math.abs(hitRatio - exact.hitRatio), outOfDate: Math.abs(outOfDate - exact.outOfDate) };
    });
  }

  it('is for the ttl in use what the cache has counted, also where calls wait for the loads of others', async () => {
    const ttl = 5_000;
    for (const loadTakes of [0, 500, 5_000]) {
      const traffic = { keys: 40, calls: 20_000, lasting: 20 * MINUTE, valueLife: HOUR, writes: 0, loadTakes, seed: 1 };
      const { ttlCurve, hitRatio } = await estimate(traffic, callsOf(traffic), ttl);
      const estimated = ttlCurve.find((point) => point.ttl === ttl)?.hitRatio;
      expect(estimated, `loads of ${loadTakes} ms`).to.be.closeTo(hitRatio, 0.03);
    }
  });

  for (const [title, took, fails, options] of [
    ['of which some take a thousand times as long', (load: number) => (load % 10 === 0 ? 10_000 : 10), false, {}],
    ['that wait for their turn', () => 400, false, { maxConcurrentLoads: 1 }],
    ['of which half fail', () => 2_000, true, {}],
    ['that take longer than any may', (load: number) => (load % 2 === 0 ? 3_000 : 300), false, { maxLoad: '1s' }],
  ] as const) {
    it(`is for the ttl in use what the cache has counted, with loads ${title}`, async () => {
      const cache = createCache({ store: new MemoryStore(), ...options });
      let loads = 0;
      const load = async (id: number) => {
        loads += 1;
        const number = loads;
        await new Promise((resolve) => setTimeout(resolve, took(number)));
        if (fails && number % 2 === 0) throw new Error('no');
        return id;
      };
      const find = cache.wrap(load, { key: 'user:{0}', ttl: '5s' });
      const random = seededRandom(5);
      for (let call = 0; call < 6_000; call += 1) {
        find(Math.floor(random() * 10)).catch(() => undefined);
        await clock.tickAsync(-Math.log(1 - random()) * 50);
      }
      const [pattern] = cache.stats().patterns;
      const estimated = pattern?.ttlCurve.find(({ ttl }) => ttl === 5_000)?.hitRatio;
      expect(pattern?.hitRatio).to.be.within(0.2, 0.98);
      expect(estimated).to.be.closeTo(pattern?.hitRatio ?? NaN, 0.005);
    });
  }

  it('is the hit ratio of a full simulation, within 3 points on average, where many call at once', async () => {
    for (const ttl of [1_000, 15_000, 60_000]) {
      const times = { calls: 60_000, lasting: 20 * MINUTE, loadTakes: 100 };
      const traffic = { ...times, keys: 20, valueLife: HOUR, writes: 0, together: 30, seed: 1 };
      const errors = await errorsOf(traffic, ttl);
      expect(errors).to.have.length(6);
      expect(mean(errors.map(({ hitRatio }) => hitRatio)), `ttl ${ttl}`).to.be.below(0.03);
    }
  });

  it('differs from ttl to ttl in these traffics, so that a wrong estimate would show', () => {
    for (const [title, each] of traffics) {
      const traffic = { ...each, seed: 1 };
      const calls = callsOf(traffic);
      const [least, most] = [1_000, traffic.lasting].map((ttl) => simulate(traffic, calls, ttl));
      expect((most?.hitRatio ?? NaN) - (least?.hitRatio ?? NaN), title).to.be.above(0.4);
      expect((most?.outOfDate ?? NaN) - (least?.outOfDate ?? NaN), title).to.be.above(0.2);
    }
  });
});
