import { expect } from 'chai';
import { key } from 'freshkeep';

import { seededRandom } from '../support/random.js';
import { Clinic } from './clinic.js';

const itemKey = (id: number) => key`item:${id}`;

/** Services that are as they should be, in ways that look like a fault. */
describe('The doctor, of services that are well', () => {
  let clinic: Clinic;

  beforeEach(() => {
    clinic = new Clinic();
  });

  afterEach(() => {
    clinic.close();
  });

  it('finds nothing in a ttl below a second, chosen for values that change after a few', async () => {
    const rate = clinic.cache.wrap(async (id: number) => ({ id, at: Math.floor(clinic.clock.now / 4_000) }), {
      key: itemKey,
      ttl: '200ms',
    });
    await clinic.traffic({ seconds: 60, perSecond: 50 }, (index) => rate(index % 3));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in values that tell how long they hold', async () => {
    const holds = (id: number) => (id % 2 === 0 ? 5_000 : 60_000);
    const offer = clinic.cache.wrap(
      async (id: number) => ({ id, round: Math.floor(clinic.clock.now / holds(id)), currency: 'EUR' }),
      { key: itemKey, ttl: ({ id }) => (holds(id) - (clinic.clock.now % holds(id))) / 1_000 },
    );
    await clinic.traffic({ seconds: 300, perSecond: 20 }, (index) => offer(index % 10));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in values of which all hold until the same instant', async () => {
    const rate = clinic.cache.wrap(async (id: number) => ({ id, at: Math.floor(clinic.clock.now / 60_000) }), {
      key: itemKey,
      ttl: () => (60_000 - (clinic.clock.now % 60_000)) / 1_000,
    });
    await clinic.traffic({ seconds: 600, perSecond: 20 }, (index) => rate(index % 5));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in refreshes ahead of time, which spare callers the wait', async () => {
    const find = clinic.cache.wrap(
      async (id: number) => {
        await clinic.takes(200);
        return id;
      },
      { key: itemKey, ttl: '5s', earlyRefresh: true },
    );
    const random = seededRandom(7);
    await clinic.traffic({ seconds: 200, perSecond: 20 }, () => find(Math.floor(random() * 10)));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in one caller who joins another each time that a popular entry expires', async () => {
    const home = clinic.cache.wrap(
      async () => {
        await clinic.takes(25);
        return 'home';
      },
      { key: 'home', ttl: '5s' },
    );
    await clinic.traffic({ seconds: 600, perSecond: 60 }, () => home());
    expect(clinic.cache.stats().patterns[0]?.estimates.waitedAtExpiry).to.be.at.least(100);
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in the first seconds of a service with many keys', async () => {
    const random = seededRandom(1);
    const user = clinic.cache.wrap(async (id: number) => id, { key: itemKey, ttl: '5m' });
    await clinic.traffic({ seconds: 12, perSecond: 500 }, () => user(Math.floor(random() * 1_000_000)));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in an empty page that two lists have', async () => {
    const list = (name: 'orders' | 'invoices') =>
      clinic.cache.wrap(async (id: number) => ({ items: [], total: 0, page: 1, size: id < 0 ? name : 20 }), {
        key: `${name}:{0}`,
        ttl: '1m',
      });
    const [orders, invoices] = [list('orders'), list('invoices')];
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) => {
      if (index % 10 === 0) void clinic.cache.invalidate(key`orders:${index / 10}`);
      return index % 2 === 0 ? orders(index) : invoices(index);
    });
    expect(clinic.cache.stats().sharedValues).to.have.length(1);
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in a process that writes what others read, beside a setting that was corrected', async () => {
    const setting = clinic.cache.wrap(async (id: number) => ({ id, isNew: clinic.clock.now > 20_000 }), {
      key: itemKey,
      ttl: '5s',
    });
    await clinic.traffic({ seconds: 200, perSecond: 10 }, (index) => {
      void clinic.cache.invalidate(key`order:${index}`, key`stock:${index}`);
      return setting(1);
    });
    expect(clinic.cache.stats().patterns[0]?.reloads.changed).to.equal(1);
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds nothing in two things that change and two others that are written for another process', async () => {
    const rate = (name: 'rate' | 'weather') =>
      clinic.cache.wrap(async (id: number) => Math.floor(clinic.clock.now / 40_000) + id, {
        key: `${name}:{0}`,
        ttl: '2s',
      });
    const [first, second] = [rate('rate'), rate('weather')];
    await clinic.traffic({ seconds: 200, perSecond: 10 }, (index) => {
      void clinic.cache.invalidate(key`order:${index}`, key`stock:${index}`);
      return index % 2 === 0 ? first(1) : second(1);
    });
    expect(clinic.names()).to.not.include('inconsistent-keys');
  });

  it('does not say of a ttl too short that it is not worth caching', async () => {
    const random = seededRandom(1);
    const price = clinic.cache.wrap(async (id: number) => id, { key: itemKey, ttl: '1s' });
    await clinic.traffic({ seconds: 120, perSecond: 2 }, () => price(Math.floor(random() * 600)));
    expect(clinic.names()).to.not.include('not-worth-caching');
  });
});
