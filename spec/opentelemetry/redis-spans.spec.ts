import { SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { openTelemetryTracing } from 'freshkeep/opentelemetry';
import { RedisStore } from 'freshkeep/redis';
import { setTimeout as pause } from 'node:timers/promises';

import { describeInOneDialect } from '../support/dialect.js';
import { connectRedis, closeRedis, uniquePrefix } from '../support/redis.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { SpanRecorder } from '../support/span-recorder.js';
import { until } from '../support/until.js';
import type { Redis } from 'ioredis';

const MINUTE = { ttl: '1m' } as const;

describeInOneDialect('Spans of calls of Redis', () => {
  let server: RedisServer;
  let clients: Redis[];
  let caches: Cache[];
  let recorder: SpanRecorder;
  let prefix: string;

  before(async () => {
    server = await startRedis();
  });

  after(() => server.stop());

  beforeEach(() => {
    recorder = new SpanRecorder();
    recorder.begin();
    clients = [];
    caches = [];
    prefix = uniquePrefix();
  });

  afterEach(async () => {
    await Promise.all(caches.map((cache) => cache.close()));
    closeRedis(...clients);
    recorder.end();
  });

  async function process(): Promise<Cache> {
    const client = await connectRedis(server.port);
    clients.push(client);
    const store = new TieredStore({
      l1: new MemoryStore(),
      l2: new RedisStore({ client, prefix, deadline: '200ms', breaker: false }),
    });
    const cache = createCache({ store, tracing: openTelemetryTracing({ tracerProvider: recorder.provider }) });
    caches.push(cache);
    await until(() => cache.health().l1 === 'trusted');
    return cache;
  }

  const find = (cache: Cache, load: () => Promise<number>) => cache.wrap(load, { key: 'user', ...MINUTE });

  it('lie side by side with the load, in the trace of the caller, and in the order of the call', async () => {
    const cache = await process();
    const answer = find(cache, () => recorder.within('SELECT', async () => 1));
    await recorder.within('GET /users', answer);
    await until(() => recorder.names.includes('store fill user'));
    const within = recorder.spans.filter((span) => recorder.parentOf(span) === 'GET /users');
    const inOrder = [...within].sort((one, other) => compare(one.startTime, other.startTime));
    expect(inOrder.map(({ name }) => name)).to.deep.equal([
      'store read user',
      'store open user',
      'load user',
      'store fill user',
    ]);
    expect(recorder.parentOf(recorder.named('SELECT'))).to.equal('load user');
    recorder.forget();
    await recorder.within('GET /users', answer);
    expect(recorder.names).to.deep.equal(['GET /users']);
  });

  it('show a wait for another process, with the looks that were taken meanwhile', async () => {
    const [one, other] = [await process(), await process()];
    const slow = async () => {
      await pause(150);
      return 1;
    };
    const first = find(one, slow)();
    await pause(50);
    recorder.forget();
    await recorder.within('GET /users', () => find(other, slow)());
    await first;
    const wait = recorder.spans.find(
      ({ name, attributes }) => name === 'wait user' && attributes['freshkeep.wait.for'],
    );
    expect(wait?.attributes['freshkeep.wait.for']).to.equal('load elsewhere');
    expect(wait && recorder.parentOf(wait)).to.equal('GET /users');
    const looks = recorder.spans.filter((span) => recorder.parentOf(span) === 'wait user');
    expect(new Set(looks.map(({ name }) => name))).to.deep.equal(new Set(['store read user']));
  });

  it('have the error of a server that does not answer, while the call goes on', async () => {
    const cache = await process();
    server.pause();
    try {
      const value = await recorder.within('GET /users', () => find(cache, async () => 1)());
      expect(value).to.equal(1);
    } finally {
      server.resume();
    }
    const { status, events, attributes } = recorder.named('store read user');
    expect(status.code).to.equal(SpanStatusCode.ERROR);
    expect(events.map(({ attributes }) => attributes?.['exception.type'])).to.deep.equal(['ERR_CACHE_STORE_DEADLINE']);
    expect(attributes['error.type']).to.equal('ERR_CACHE_STORE_DEADLINE');
    expect(recorder.named('load user').status.code).to.equal(SpanStatusCode.UNSET);
  });

  it('tell invalidations by how many keys and tags they name', async () => {
    const cache = await process();
    recorder.forget();
    await cache.invalidate(key`user:${1}`, key`user:${2}`);
    await cache.invalidateTags('a');
    await cache.invalidate(key`user:${1}`);
    await cache.set(key`user:${1}`, 'x', { ttl: '1m' });
    expect(recorder.names).to.deep.equal(['store invalidate', 'store invalidate', 'store invalidate', 'store set']);
    const counts = recorder.spans.map(({ attributes: of }) => [of['freshkeep.keys.count'], of['freshkeep.tags.count']]);
    expect(counts).to.deep.equal([
      [2, 0],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
  });
});

function compare([seconds, nanoseconds]: readonly [number, number], [s, n]: readonly [number, number]): number {
  return seconds - s || nanoseconds - n;
}
