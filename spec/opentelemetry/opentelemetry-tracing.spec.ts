import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache, type CacheOptions } from 'freshkeep';
import { openTelemetryTracing } from 'freshkeep/opentelemetry';
import { setTimeout as pause } from 'node:timers/promises';

import { expectCacheError } from '../support/cache-errors.js';
import { ControlledLoads } from '../support/controlled-loads.js';
import { Deferred, settle } from '../support/deferred.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { SpanRecorder } from '../support/span-recorder.js';
import { until } from '../support/until.js';

const MINUTE = { ttl: '1m' } as const;

describe('Spans of OpenTelemetry', () => {
  let recorder: SpanRecorder;
  let caches: Cache[];

  beforeEach(() => {
    recorder = new SpanRecorder();
    recorder.begin();
    caches = [];
  });

  afterEach(async () => {
    await Promise.all(caches.map((cache) => cache.close()));
    recorder.end();
  });

  function cacheWith(options: Partial<CacheOptions> = {}): Cache {
    const tracing = openTelemetryTracing({ tracerProvider: recorder.provider });
    const cache = createCache({ store: new MemoryStore(), name: 'users', tracing, ...options });
    caches.push(cache);
    return cache;
  }

  const query = <T>(value: T): Promise<T> =>
    recorder.within('SELECT', async () => {
      await pause(1);
      return value;
    });

  it('lie around each load, within the span of the caller, and with what the method does within them', async () => {
    const find = cacheWith().wrap((id: number) => query(id), { key: 'user:{0}', ...MINUTE });
    await recorder.within('GET /users', () => find(7));
    const load = recorder.named('load user:{}');
    expect(recorder.parentOf(load)).to.equal('GET /users');
    expect(recorder.parentOf(recorder.named('SELECT'))).to.equal('load user:{}');
    expect(load.kind).to.equal(SpanKind.INTERNAL);
    expect(load.status.code).to.equal(SpanStatusCode.UNSET);
    expect(load.instrumentationScope.name).to.equal('freshkeep');
    expect(load.attributes).to.deep.equal({
      'freshkeep.cache': 'users',
      'freshkeep.pattern': 'user:{}',
      'freshkeep.background': false,
    });
  });

  it('are not made for hits in memory', async () => {
    const cache = cacheWith();
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    const tagged = cache.wrap(async (id: number) => id, { key: 'tagged:{0}', ...MINUTE, tags: ['a'] });
    await Promise.all([find(7), tagged(7)]);
    recorder.forget();
    for (let time = 0; time < 3; time += 1) await Promise.all([find(7), tagged(7), cache.get(key`user:${7}`)]);
    await cache.invalidate(key`user:${7}`);
    expect(recorder.names).to.deep.equal([]);
  });

  it('are not made for hits in the first of two tiers, and are for reads of the second', async () => {
    const medium = new SharedMedium();
    const store = () => new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(medium) });
    const [one, other] = [cacheWith({ store: store() }), cacheWith({ store: store() })];
    const find = (cache: Cache) =>
      cache.wrap((id: number) => query(id), { key: 'user:{0}', ...MINUTE, tags: () => ['a'] });
    await find(one)(7);
    recorder.forget();
    await recorder.within('GET /users', () => find(one)(7));
    expect(recorder.names).to.deep.equal(['GET /users']);
    recorder.forget();
    await recorder.within('GET /users', () => find(other)(7));
    expect(recorder.names).to.deep.equal(['store read user:{}', 'GET /users']);
    expect(recorder.parentOf(recorder.named('store read user:{}'))).to.equal('GET /users');
    expect(recorder.named('store read user:{}').kind).to.equal(SpanKind.CLIENT);
  });

  it('of a load that fails have its error and its status, and the caller gets the very same error', async () => {
    const error = new RangeError('no such user');
    const find = cacheWith().wrap(async () => Promise.reject(error), { key: 'user', ...MINUTE });
    expect(await find().catch((thrown: unknown) => thrown)).to.equal(error);
    const { status, events, attributes } = recorder.named('load user');
    expect(status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'RangeError: no such user' });
    expect(attributes['error.type']).to.equal('RangeError');
    expect(events.map(({ name, attributes }) => [name, attributes?.['exception.message']])).to.deep.equal([
      ['exception', 'no such user'],
    ]);
  });

  it('of those who wait for a load that fails have its status, while the error is recorded at its source alone', async () => {
    const error = new RangeError('no such user');
    const find = cacheWith().wrap(async () => Promise.reject(error), { key: 'user', ...MINUTE });
    const answers = await Promise.allSettled([find(), find()]);
    expect(answers.map((answer) => answer.status === 'rejected' && (answer.reason as unknown) === error)).to.deep.equal(
      [true, true],
    );
    const { status, events } = recorder.named('wait user');
    expect(status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'RangeError: no such user' });
    expect(events).to.deep.equal([]);
    expect(recorder.named('load user').events).to.have.length(1);
  });

  it('of a load that throws whatever it likes have that as their status', async () => {
    const cache = cacheWith();
    const thrown: unknown = { toString: () => 'teapot' };
    const synchronous = (): Promise<never> => {
      throw thrown;
    };
    for (const load of [synchronous, () => Promise.reject(thrown)]) {
      recorder.forget();
      expect(await cache.getOrLoad(key`user`, load, MINUTE).catch((error: unknown) => error)).to.equal(thrown);
      const { status, attributes } = recorder.named('load user');
      expect(status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'teapot' });
      expect(attributes['error.type']).to.equal('_OTHER');
    }
  });

  it('of calls that join a load lie in the traces of their callers, and link to the load', async () => {
    const loads = new ControlledLoads();
    const find = cacheWith().wrap(loads.load, { key: 'user', ...MINUTE });
    const answers = ['GET /a', 'GET /b'].map((name) => recorder.within(name, () => find()));
    (await loads.begun(0)).resolve('a');
    await Promise.all(answers);
    const [load, wait] = [recorder.named('load user'), recorder.named('wait user')];
    expect([recorder.parentOf(load), recorder.parentOf(wait)]).to.deep.equal(['GET /a', 'GET /b']);
    expect(recorder.linksOf(wait)).to.deep.equal(['load user']);
    expect(wait.attributes).to.include({ 'freshkeep.wait.for': 'load here', 'freshkeep.pattern': 'user' });
    expect(load.spanContext().traceId).not.to.equal(wait.spanContext().traceId);
  });

  it('of a refresh are a trace of their own that links to the call, with its load and its store calls within', async () => {
    const cache = cacheWith({ store: new SharedMemoryStore(new SharedMedium()) });
    const find = cache.wrap((id: number) => query(id), { key: 'user:{0}', ttl: '1ms', staleWhileRevalidate: '1m' });
    await find(7);
    await pause(5);
    recorder.forget();
    await recorder.within('GET /users', () => find(7));
    await until(() => recorder.names.includes('refresh user:{}'));
    const refresh = recorder.named('refresh user:{}');
    expect(refresh.parentSpanContext).to.equal(undefined);
    expect(recorder.linksOf(refresh)).to.deep.equal(['GET /users']);
    const within = ['store open user:{}', 'load user:{}', 'store fill user:{}'].map((name) => recorder.named(name));
    expect(within.map((span) => recorder.parentOf(span))).to.deep.equal(within.map(() => 'refresh user:{}'));
    expect(recorder.parentOf(recorder.named('SELECT'))).to.equal('load user:{}');
    expect(recorder.named('load user:{}').attributes['freshkeep.background']).to.equal(true);
  });

  it('of many keys that are loaded together are one, with how many they are', async () => {
    const find = cacheWith().wrapMany((ids: number[]) => query(new Map(ids.map((id) => [id, id]))), {
      key: (id: number) => key`user:${id}`,
      ...MINUTE,
    });
    await recorder.within('GET /users', () => find([1, 2, 3]));
    const load = recorder.named('load user:{}');
    expect(load.attributes).to.include({ 'freshkeep.keys.count': 3, 'freshkeep.background': false });
    expect(recorder.parentOf(load)).to.equal('GET /users');
    expect(recorder.parentOf(recorder.named('SELECT'))).to.equal('load user:{}');
  });

  it('of a call that joins a load of many keys links to it', async () => {
    const cache = cacheWith();
    const done = new Deferred<Map<number, number>>();
    const findMany = cache.wrapMany((_ids: number[]) => done.promise, {
      key: (id: number) => key`user:${id}`,
      ...MINUTE,
    });
    const both = findMany([1, 2]);
    const joined = cache.getOrLoad(key`user:${2}`, async () => 0, MINUTE);
    done.resolve(new Map([1, 2].map((id) => [id, id])));
    expect([[...(await both).values()], await joined]).to.deep.equal([[1, 2], 2]);
    expect(recorder.linksOf(recorder.named('wait user:{}'))).to.deep.equal(['load user:{}']);
  });

  it('show keys on request alone', async () => {
    const find = (cache: Cache) => cache.wrap(async (name: string) => name, { key: 'user:{0}', ...MINUTE });
    await find(cacheWith())('ann');
    const [withoutKey] = recorder.spans;
    expect(JSON.stringify([withoutKey?.name, withoutKey?.attributes])).not.to.include('ann');
    recorder.forget();
    await find(cacheWith({ tracing: openTelemetryTracing({ tracerProvider: recorder.provider, keys: true }) }))('ann');
    expect(recorder.named('load user:{}').attributes['freshkeep.key']).to.equal('user:ann');
  });

  it('are those of the global provider unless told otherwise, also of one that is set later', async () => {
    const cache = cacheWith({ tracing: openTelemetryTracing() });
    await cache.getOrLoad(key`early`, () => 1, MINUTE);
    trace.setGlobalTracerProvider(recorder.provider);
    try {
      await cache.getOrLoad(key`late`, () => 1, MINUTE);
    } finally {
      trace.disable();
    }
    expect(recorder.names).to.deep.equal(['load late']);
  });

  it('end when the work does', async () => {
    const loads = new ControlledLoads();
    const answer = cacheWith().getOrLoad(key`user`, loads.load, MINUTE);
    const load = await loads.begun(0);
    await settle();
    expect(recorder.names).to.deep.equal([]);
    await pause(20);
    load.resolve('a');
    await answer;
    const [seconds, nanoseconds] = recorder.named('load user').duration;
    expect(seconds * 1_000 + nanoseconds / 1e6).to.be.within(15, 2_000);
  });

  it('have a provider that is one, and known options', () => {
    const wrong: readonly (readonly [options: object, ...fragments: string[]])[] = [
      [{ tracerProvider: {} }, '`tracerProvider`', 'a tracer provider of OpenTelemetry', 'an object'],
      [{ keys: 'yes' }, '`keys`', 'true or false', '"yes"'],
      [{ key: true }, '"key": did you mean `keys`?'],
    ];
    for (const [options, ...fragments] of wrong) {
      expectCacheError(() => openTelemetryTracing(options), 'ERR_CACHE_OPTION_INVALID', ...fragments);
    }
  });
});
