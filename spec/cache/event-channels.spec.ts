import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type CacheChannelEvent, type CacheEventName } from 'freshkeep';

import { EVENT_NAMES } from '../../lib/cache/events.js';
import { settle } from '../support/deferred.js';

const userKey = (id: number) => key`user:${id}`;

describe('Channels', () => {
  let cache: Cache;
  let told: [name: string, event: unknown][];
  const listen = (event: unknown, channel: string | symbol) => told.push([String(channel), event]);
  const names = Object.keys(EVENT_NAMES) as CacheEventName[];

  beforeEach(() => {
    told = [];
    cache = createCache({ store: new MemoryStore(), name: 'users' });
    for (const name of names) subscribe(`freshkeep:${name}`, listen);
  });

  afterEach(() => {
    for (const name of names) unsubscribe(`freshkeep:${name}`, listen);
  });

  it('tell every event, with the name of the cache', async () => {
    const find = cache.wrap(async (id: number) => id, { key: userKey, ttl: '1m' });
    await find(1);
    await find(1);
    await cache.invalidate(userKey(1));
    const about = { cache: 'users', key: 'user:1', pattern: 'user:{}' };
    expect(told).to.deep.equal([
      ['freshkeep:miss', about],
      ['freshkeep:load', { ...about, background: false }],
      ['freshkeep:fill', { ...about, ttl: 60_000, staleWhileRevalidate: 0 }],
      ['freshkeep:hit', about],
      ['freshkeep:invalidate', { cache: 'users', key: 'user:1' }],
    ]);
  });

  it('tell hits of the quick way to one who comes later, and no more once it has gone', async () => {
    unsubscribe('freshkeep:hit', listen);
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ttl: '1m' });
    const hits = () => told.filter(([name]) => name === 'freshkeep:hit').length;
    for (let time = 0; time < 10; time += 1) await find(1);
    expect(hits()).to.equal(0);
    subscribe('freshkeep:hit', listen);
    for (let time = 0; time < 10; time += 1) await find(1);
    expect(hits()).to.equal(10);
    unsubscribe('freshkeep:hit', listen);
    for (let time = 0; time < 10; time += 1) await find(1);
    expect(hits()).to.equal(10);
    expect(cache.stats().patterns[0]).to.include({ calls: 30, localHits: 29 });
  });

  it('tell listeners of the cache as well', async () => {
    const heard: unknown[] = [];
    cache.on('miss', (event) => heard.push(event));
    await cache.getOrLoad(userKey(2), () => 2, { ttl: '1m' });
    await settle();
    const [[, event] = []] = told;
    expect(heard).to.deep.equal([{ key: 'user:2', pattern: 'user:{}' }]);
    expect((event as CacheChannelEvent<'miss'>).cache).to.equal('users');
  });
});
