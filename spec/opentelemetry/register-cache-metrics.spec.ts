import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import { registerCacheMetrics } from 'freshkeep/opentelemetry';
import sinon from 'sinon';

import { expectCacheError } from '../support/cache-errors.js';

const MINUTE = { ttl: '1m' } as const;

describe('Metrics of OpenTelemetry', () => {
  let cache: Cache;
  let exporter: InMemoryMetricExporter;
  let meterProvider: MeterProvider;

  beforeEach(() => {
    cache = createCache({ store: new MemoryStore(), name: 'users' });
    exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
    meterProvider = new MeterProvider({ readers: [reader] });
  });

  afterEach(() => meterProvider.shutdown());

  async function collect(): Promise<ReadonlyMap<string, MetricData>> {
    exporter.reset();
    await meterProvider.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  function pointsOf(metric: MetricData | undefined): Map<string, number> {
    const points = metric?.dataPoints ?? [];
    return new Map(points.map(({ attributes, value }) => [JSON.stringify(attributes), value as number]));
  }

  const users = (more: object) => JSON.stringify({ 'freshkeep.cache': 'users', ...more });

  it('are counters and gauges with units and bounded attributes', async () => {
    registerCacheMetrics(cache, { meterProvider });
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (const id of [1, 2, 1, 1]) await find(id);
    const collected = await collect();
    const calls = collected.get('freshkeep.calls');
    expect(calls?.descriptor.unit).to.equal('{call}');
    expect(calls).to.include({ dataPointType: DataPointType.SUM, isMonotonic: true });
    const pattern = { 'freshkeep.pattern': 'user:{}' };
    expect(pointsOf(calls).get(users({ ...pattern, 'freshkeep.outcome': 'local-hit' }))).to.equal(2);
    expect(pointsOf(calls).get(users({ ...pattern, 'freshkeep.outcome': 'miss' }))).to.equal(2);
    expect(pointsOf(calls).size).to.equal(5);
    expect(pointsOf(collected.get('freshkeep.memory.entries'))).to.deep.equal(new Map([[users({}), 2]]));
    expect(collected.get('freshkeep.memory.entries')?.dataPointType).to.equal(DataPointType.GAUGE);
    expect(collected.get('freshkeep.load.time')?.descriptor.unit).to.equal('s');
    expect(pointsOf(collected.get('freshkeep.loads')).get(users(pattern))).to.equal(2);
    const buckets = pointsOf(collected.get('freshkeep.load.buckets'));
    expect(buckets.get(users({ ...pattern, 'freshkeep.le': '+Inf' }))).to.equal(2);
  });

  it('tell totals, which do not grow by being collected', async () => {
    registerCacheMetrics(cache, { meterProvider });
    await cache.getOrLoad(key`user`, () => 1, MINUTE);
    for (let time = 0; time < 3; time += 1) {
      const fills = pointsOf((await collect()).get('freshkeep.fills'));
      expect([...fills.values()]).to.deep.equal([1]);
    }
  });

  it('ask each cache once for each collection', async () => {
    const stats = sinon.spy(cache, 'stats');
    registerCacheMetrics(cache, { meterProvider });
    await collect();
    await collect();
    expect(stats.callCount).to.equal(2);
  });

  it('have no more attributes than patterns may have', async () => {
    registerCacheMetrics(cache, { meterProvider, maxPatterns: 1 });
    await cache.getOrLoad(key`a`, () => 1, MINUTE);
    for (const id of [1, 2]) await cache.getOrLoad(key`b:${id}`, () => 1, MINUTE);
    const fills = pointsOf((await collect()).get('freshkeep.fills'));
    expect(fills.get(users({ 'freshkeep.pattern': 'b:{}' }))).to.equal(2);
    expect(fills.get(users({ 'freshkeep.pattern': '{others}' }))).to.equal(1);
  });

  it('are told no more once they are unregistered', async () => {
    const { unregister } = registerCacheMetrics(cache, { meterProvider });
    const stats = sinon.spy(cache, 'stats');
    unregister();
    await collect();
    expect(stats.callCount).to.equal(0);
  });

  it('are those of the global provider unless told otherwise', async () => {
    metrics.setGlobalMeterProvider(meterProvider);
    try {
      registerCacheMetrics(cache);
      await cache.getOrLoad(key`user`, () => 1, MINUTE);
      expect([...(await collect()).keys()]).to.include('freshkeep.calls');
    } finally {
      metrics.disable();
    }
  });

  it('refuse what is no cache, no provider and no number, and two caches of one name', () => {
    const wrong: readonly (readonly [caches: unknown, options: object, fragment: string])[] = [
      [{}, {}, '`caches` to be a cache, or a list of caches'],
      [[cache, cache], {}, 'names of their own, got "users"'],
      [cache, { meterProvider: {} }, '`meterProvider` to be a meter provider of OpenTelemetry'],
      [cache, { maxPatterns: 0.5 }, '`maxPatterns`'],
      [cache, { maxPattern: 1 }, 'did you mean `maxPatterns`?'],
    ];
    for (const [caches, options, fragment] of wrong) {
      expectCacheError(() => registerCacheMetrics(caches as Cache, options), 'ERR_CACHE_OPTION_INVALID', fragment);
    }
  });
});
