import { expect } from 'chai';
import {
  createCache,
  DURATION_BOUNDS,
  key,
  MemoryStore,
  withCacheBypassed,
  type Cache,
  type CacheStats,
} from 'freshkeep';
import { registerCacheMetrics, type CacheMetricsOptions } from 'freshkeep/prometheus';
import {
  AggregatorRegistry,
  register,
  Registry,
  type OpenMetricsContentType,
  type PrometheusContentType,
} from 'prom-client';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheError } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { ControlledLoads } from '../support/controlled-loads.js';
import { settle } from '../support/deferred.js';
import { parseExposition, type ExposedMetric } from '../support/exposition.js';

const MINUTE = { ttl: '1m' } as const;

describe('Metrics for Prometheus', () => {
  let clock: SinonFakeTimers;
  let registry: Registry;
  let cache: Cache;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    registry = new Registry();
    cache = createCache({ store: new MemoryStore({ maxEntries: 3 }), name: 'users' });
  });

  afterEach(() => {
    clock.restore();
  });

  const scrape = async (): Promise<ReadonlyMap<string, ExposedMetric>> => parseExposition(await registry.metrics());

  /** The value of a sample that has these labels, and `cache="users"`. */
  async function value(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    const all = [...(await scrape()).values()].flatMap(({ samples }) => samples);
    const wanted = Object.entries({ cache: 'users', ...labels });
    const found = all.filter((sample) => sample.name === name && wanted.every(([of, is]) => sample.labels[of] === is));
    expect(found.length, name).to.be.lessThan(2);
    return found[0]?.value;
  }

  const registerAll = (options: CacheMetricsOptions = {}) => registerCacheMetrics(cache, { registry, ...options });

  it('count calls by how they were answered, and all of them once', async () => {
    registerAll();
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ttl: '1m', staleWhileRevalidate: '1m' });
    for (const id of [1, 2, 1, 1]) await find(id);
    await clock.tickAsync(70_000);
    await find(1);
    await settle();
    const { samples = [], type } = (await scrape()).get('freshkeep_calls_total') ?? {};
    expect(type).to.equal('counter');
    expect(samples.map(({ labels, value: count }) => [labels['outcome'], count])).to.deep.equal([
      ['local-hit', 2],
      ['shared-hit', 0],
      ['stale-hit', 1],
      ['stale-if-error', 0],
      ['miss', 2],
    ]);
    expect(samples.every(({ labels }) => labels['cache'] === 'users' && labels['pattern'] === 'user:{}')).to.equal(
      true,
    );
    expect(await value('freshkeep_refreshes_total', { pattern: 'user:{}' })).to.equal(1);
    expect(await value('freshkeep_fills_total', { pattern: 'user:{}' })).to.equal(3);
  });

  it('count an expired value that was served without a load as a call of its own kind', async () => {
    registerAll();
    let fails = false;
    const find = cache.wrap(async () => (fails ? Promise.reject(new Error('away')) : 1), {
      key: 'user',
      ttl: '1s',
      staleIfError: '1h',
    });
    await find();
    fails = true;
    await clock.tickAsync(2_000);
    await find();
    await find();
    expect(await value('freshkeep_calls_total', { outcome: 'stale-if-error' })).to.equal(1);
    expect(await value('freshkeep_calls_total', { outcome: 'miss' })).to.equal(2);
    expect(await value('freshkeep_stale_if_error_hits_total')).to.equal(2);
    expect(await value('freshkeep_load_failures_total')).to.equal(1);
  });

  it('tell the same totals at each scrape, until something happens', async () => {
    registerAll();
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (const id of [1, 2, 1]) await find(id);
    const first = await registry.metrics();
    expect(await registry.metrics()).to.equal(first);
    registry.resetMetrics();
    expect(await registry.metrics()).to.equal(first);
    await find(1);
    expect(await value('freshkeep_calls_total', { outcome: 'local-hit' })).to.equal(2);
  });

  it('ask each cache once for each scrape', async () => {
    const stats = sinon.spy(cache, 'stats');
    registerAll();
    for (const scrapes of [1, 2, 3]) {
      await registry.metrics();
      expect(stats.callCount).to.equal(scrapes);
    }
    await registry.getMetricsAsJSON();
    expect(stats.callCount).to.equal(4);
  });

  it('have a histogram of loads in seconds, with the bounds of the statistics', async () => {
    registerAll();
    const load = cache.wrap((id: number, took: number) => new Promise((resolve) => setTimeout(resolve, took, id)), {
      key: 'user:{0}',
      ...MINUTE,
    });
    for (const [id, took] of [1, 30, 30, 70_000].entries()) {
      const answer = load(id, took);
      await clock.tickAsync(took);
      await answer;
    }
    const { type, samples = [] } = (await scrape()).get('freshkeep_load_duration_seconds') ?? {};
    expect(type).to.equal('histogram');
    const buckets = samples.filter(({ name }) => name === 'freshkeep_load_duration_seconds_bucket');
    const upTo: Record<string, number> = Object.fromEntries(
      buckets.map(({ labels, value: count }) => [String(labels['le']), count]),
    );
    expect(Object.keys(upTo)).to.have.members([...DURATION_BOUNDS.map((bound) => String(bound / 1_000)), '+Inf']);
    expect(upTo).to.include({ '0.0005': 0, '0.001': 1, '0.025': 1, '0.05': 3, '60': 3, '+Inf': 4 });
    expect(await value('freshkeep_load_duration_seconds_count')).to.equal(4);
    expect(await value('freshkeep_load_duration_seconds_sum')).to.be.closeTo(70.061, 0.000_01);
  });

  it('tell what was not stored by why, and what else happens to a pattern', async () => {
    registerAll();
    const loads = new ControlledLoads();
    const find = cache.wrap(loads.load, { key: 'user', ...MINUTE });
    const answers = [find(), find()];
    const begun = await loads.begun(0);
    await cache.invalidate(key`user`);
    begun.resolve('a');
    // Who had joined it loads once more.
    (await loads.begun(1)).resolve('b');
    await Promise.all(answers);
    await cache.getOrLoad(key`unwanted`, () => 1, { ...MINUTE, storeIf: () => false });
    await cache.get(key`user`);
    await cache.set(key`user`, 1, MINUTE);
    await withCacheBypassed(() => cache.getOrLoad(key`user`, () => 2, MINUTE));
    const of = { pattern: 'user' };
    expect(await value('freshkeep_unfilled_values_total', { ...of, reason: 'refused' })).to.equal(1);
    expect(await value('freshkeep_unfilled_values_total', { pattern: 'unwanted', reason: 'not wanted' })).to.equal(1);
    expect(await value('freshkeep_coalesced_calls_total', of)).to.equal(1);
    expect(await value('freshkeep_invalidations_total', of)).to.equal(1);
    expect(await value('freshkeep_bypassed_calls_total', of)).to.equal(1);
    expect(await value('freshkeep_direct_reads_total', of)).to.equal(1);
    expect(await value('freshkeep_direct_writes_total', of)).to.equal(1);
    expect(await value('freshkeep_events_total', { event: 'fill-refused' })).to.equal(1);
    expect(await value('freshkeep_events_total', { event: 'clear' })).to.equal(0);
    expect(await value('freshkeep_events_total', { event: 'hit' })).to.equal(undefined);
  });

  it('tell what is in memory, what it may hold, and what keys and values there are', async () => {
    registerAll();
    const find = cache.wrap(async (id: number) => 'x'.repeat(100 + id), { key: 'user:{0}', ...MINUTE });
    for (const id of [1, 2, 3, 4, 5]) await find(id);
    expect(await value('freshkeep_memory_entries')).to.equal(3);
    expect(await value('freshkeep_memory_max_entries')).to.equal(3);
    expect(await value('freshkeep_memory_evictions_total')).to.equal(2);
    expect(await value('freshkeep_estimated_keys', { pattern: 'user:{}' })).to.equal(5);
    const { estimates } = cache.stats().patterns[0] ?? {};
    expect(await value('freshkeep_estimated_size_bytes')).to.equal((estimates?.bytesPerEntry ?? 0) * 5);
    expect(await value('freshkeep_estimated_size_bytes')).to.be.greaterThan(500);
    expect((await scrape()).get('freshkeep_breaker_state')?.samples).to.deep.equal([]);
  });

  it('tell queued invalidations by number, and that everything is to be removed', async () => {
    const store = new ChaosStore();
    cache = createCache({ store, name: 'users' });
    registerAll();
    store.fail('invalidate', 'clear');
    await cache.invalidate(key`user:${1}`, key`user:${2}`);
    expect(await value('freshkeep_queued_invalidations')).to.equal(2);
    expect(await value('freshkeep_queued_clear')).to.equal(0);
    await cache.clear();
    expect(await value('freshkeep_queued_invalidations')).to.equal(0);
    expect(await value('freshkeep_queued_clear')).to.equal(1);
    store.calm();
    await clock.tickAsync(20_000);
    expect(await value('freshkeep_queued_clear')).to.equal(0);
    expect(await value('freshkeep_events_total', { event: 'store-failed' })).to.be.greaterThan(1);
  });

  it('tell what the doctor finds, by name and severity', async () => {
    registerAll();
    expect((await scrape()).get('freshkeep_findings')?.samples).to.deep.equal([]);
    const loads = new ControlledLoads();
    const find = cache.wrap(loads.load, { key: 'user', ttl: '1s' });
    for (let time = 0; time < 30; time += 1) {
      const answers = Array.from({ length: 20 }, () => find());
      const load = await loads.begun(time);
      await clock.tickAsync(500);
      load.resolve('a');
      await Promise.all(answers);
      await clock.tickAsync(1_500);
    }
    const found = new Map<string, number>();
    for (const { name, severity } of cache.diagnose()) {
      found.set(`${name} ${severity}`, (found.get(`${name} ${severity}`) ?? 0) + 1);
    }
    const samples = (await scrape()).get('freshkeep_findings')?.samples ?? [];
    const told = samples.map(({ labels, value: count }) => [
      `${String(labels['finding'])} ${String(labels['severity'])}`,
      count,
    ]);
    expect([...found.keys()].join()).to.include('stampede');
    expect(told).to.deep.equal([...found]);
  });

  it('give a label to the patterns with the most calls, and tell the rest together', async () => {
    registerAll({ maxPatterns: 2 });
    const calls = { a: 5, b: 1, c: 7, d: 2 };
    for (const [pattern, count] of Object.entries(calls)) {
      for (let time = 0; time < count; time += 1) await cache.getOrLoad(callKey(pattern, time), () => time, MINUTE);
    }
    const misses = async () => {
      const samples = (await scrape()).get('freshkeep_calls_total')?.samples ?? [];
      const missed = samples.filter(({ labels }) => labels['outcome'] === 'miss');
      return Object.fromEntries(missed.map(({ labels, value: count }) => [String(labels['pattern']), count])) as object;
    };
    expect(await misses()).to.deep.equal({ 'c:{}': 7, 'a:{}': 5, '{others}': 3 });
    for (let time = 1; time < 100; time += 1) await cache.getOrLoad(callKey('b', time), () => time, MINUTE);
    expect(await misses(), 'a pattern that is called more later').to.deep.equal({
      'c:{}': 7,
      'a:{}': 5,
      '{others}': 102,
    });
  });

  it('never shrink a counter, whatever patterns come, and in whichever order', async () => {
    registerAll({ maxPatterns: 3 });
    let before = new Map<string, number>();
    for (let round = 0; round < 12; round += 1) {
      for (let name = 0; name <= round; name += 1) {
        const pattern = String.fromCharCode(97 + ((name * 7) % 12));
        for (let time = 0; time < 1 + ((round * name) % 9); time += 1) {
          await cache.getOrLoad(callKey(pattern, time + round), () => time, MINUTE);
        }
      }
      const now = counters(await scrape());
      for (const [series, count] of before) expect(now.get(series), series).to.be.at.least(count);
      before = now;
    }
    const patterns = new Set([...before.keys()].flatMap((series) => /"pattern":"([^"]+)"/.exec(series)?.[1] ?? []));
    expect(patterns.size).to.equal(4);
  });

  it('tell several caches apart by their names', async () => {
    const other = createCache({ store: new MemoryStore(), name: 'orders' });
    registerCacheMetrics([cache, other], { registry });
    await cache.getOrLoad(key`same`, () => 1, MINUTE);
    for (const id of [1, 2]) await other.getOrLoad(key`same:${id}`, () => 1, MINUTE);
    expect(await value('freshkeep_fills_total', { cache: 'users' })).to.equal(1);
    expect(await value('freshkeep_fills_total', { cache: 'orders' })).to.equal(2);
  });

  it('are refused for two caches of one name, and nothing is registered', () => {
    const caches = [cache, createCache({ store: new MemoryStore(), name: 'users' })];
    const message = 'Expected `caches` to be caches with names of their own, got "users"';
    expectCacheError(() => registerCacheMetrics(caches, { registry }), 'ERR_CACHE_OPTION_INVALID', message);
    expect(registry.getMetricsAsArray()).to.deep.equal([]);
  });

  it('are refused by a registry that has them, which keeps what it had, and are taken under another prefix', async () => {
    registerAll();
    await cache.getOrLoad(key`user`, () => 1, MINUTE);
    const other = createCache({ store: new MemoryStore(), name: 'orders' });
    const again = () => registerCacheMetrics(other, { registry });
    expectCacheError(
      again,
      'ERR_CACHE_OPTION_INVALID',
      '`registry`',
      '"freshkeep_calls_total"',
      'in one call',
      '`prefix`',
    );
    expect(await value('freshkeep_fills_total')).to.equal(1);
    registerCacheMetrics(other, { registry, prefix: 'orders_' });
    expect(await value('orders_loads_running', { cache: 'orders' })).to.equal(0);
  });

  it('are gone once they are unregistered, and may be registered again', async () => {
    const { unregister } = registerAll();
    unregister();
    expect((await scrape()).size).to.equal(0);
    registerAll();
    expect((await scrape()).size).to.be.greaterThan(20);
  });

  it('are in the global registry unless told otherwise', async () => {
    const { unregister } = registerCacheMetrics(cache);
    expect(await register.metrics()).to.include('freshkeep_loads_running{cache="users"} 0');
    unregister();
    expect(await register.metrics()).not.to.include('freshkeep_');
  });

  it('are as well-formed in the format of OpenMetrics, at each scrape', async () => {
    const open = openMetricsRegistry();
    const { unregister } = registerCacheMetrics(cache, { registry: open });
    await cache.getOrLoad(key`user`, () => 1, MINUTE);
    for (let time = 0; time < 2; time += 1) {
      const text = await open.metrics();
      expect(text).to.include('# TYPE freshkeep_fills counter\nfreshkeep_fills_total{cache="users",pattern="user"} 1');
      expect(text).to.include('freshkeep_load_duration_seconds_count{cache="users",pattern="user"} 1');
    }
    unregister();
    expect(open.getMetricsAsArray()).to.deep.equal([]);
  });

  it('can be summed over the workers of a cluster', async () => {
    registerAll();
    await cache.getOrLoad(key`user`, () => 1, MINUTE);
    const workers = [await registry.getMetricsAsJSON(), await registry.getMetricsAsJSON()];
    const text = await AggregatorRegistry.aggregate<PrometheusContentType>(workers).metrics();
    expect(text).to.include('freshkeep_fills_total{cache="users",pattern="user"} 2');
    expect(text).to.match(/freshkeep_load_duration_seconds_bucket\{le="\+Inf",cache="users",pattern="user"\} 2/);
  });

  it('refuse what is no cache, no registry, no prefix and no number', () => {
    const wrong: readonly (readonly [give: () => unknown, ...fragments: string[]])[] = [
      [() => registerCacheMetrics({} as never), '`caches`', 'a cache, or a list of caches', 'an object'],
      [() => registerCacheMetrics([cache, 7 as never]), '`caches`', 'got 7'],
      [() => registerAll({ registry: {} as never }), '`registry`', 'a registry of prom-client', 'an object'],
      [() => registerAll({ registry: null as never }), '`registry`', 'null'],
      [() => registerAll({ prefix: '9-' }), '`prefix`', '"9-"'],
      [() => registerAll({ maxPatterns: 0 }), '`maxPatterns`', 'got 0'],
      [() => registerAll({ perfix: 'x' } as never), '"perfix": did you mean `prefix`?'],
    ];
    for (const [give, ...fragments] of wrong) expectCacheError(give, 'ERR_CACHE_OPTION_INVALID', ...fragments);
    expect(registry.getMetricsAsArray()).to.deep.equal([]);
  });

  it('say nothing that `stats` does not', async () => {
    registerAll();
    const find = cache.wrap(async (id: string) => `secret of ${id}`, { key: 'user:{0}', ...MINUTE });
    for (const id of ['ann', 'bob', 'ann']) await find(id);
    const text = await registry.metrics();
    expect(text).to.include('user:{}');
    expect(text).not.to.match(/ann|bob|secret/);
    const { patterns }: CacheStats = cache.stats();
    expect(await value('freshkeep_time_saved_seconds')).to.equal((patterns[0]?.timeSaved ?? NaN) / 1_000);
  });
});

const callKey = (pattern: string, id: number) => {
  const parts = Object.assign([`${pattern}:`, ''], { raw: [`${pattern}:`, ''] });
  return key(parts, id);
};

/** All counters, and the counts of histograms, by name and labels. */
function counters(metrics: ReadonlyMap<string, ExposedMetric>): Map<string, number> {
  const samples = [...metrics.values()].flatMap((metric) => (metric.type === 'gauge' ? [] : metric.samples));
  return new Map(samples.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value]));
}

/** Its types lack the argument. */
function openMetricsRegistry(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}
