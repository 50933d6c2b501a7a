import { expect } from 'chai';
import { key } from 'freshkeep';

import { Clinic } from './clinic.js';

const priceKey = (id: number) => key`price:${id}`;

describe('The doctor, of lifetimes', () => {
  let clinic: Clinic;
  let version: number;

  beforeEach(() => {
    clinic = new Clinic();
    version = 0;
  });

  afterEach(() => {
    clinic.close();
  });

  /** A popular key, with a slow source. */
  const popular = (staleWhileRevalidate: string | 0) =>
    clinic.cache.wrap(
      async () => {
        await clinic.takes(200);
        return { title: 'home', parts: [1, 2, 3] };
      },
      { key: 'page:home', ttl: '1s', staleWhileRevalidate: staleWhileRevalidate as '1m' },
    );

  it('finds a stampede where many callers wait at each end of a ttl', async () => {
    const page = popular(0);
    await clinic.traffic({ seconds: 20, perSecond: 100 }, () => page());
    const finding = clinic.finding('stampede');
    expect(finding).to.deep.include({ severity: 'high', patterns: ['page:home'], page: 'docs/findings/stampede.md' });
    expect(finding.evidence[0]?.value).to.be.within(200, 400);
    expect(finding.advice).to.contain('staleWhileRevalidate');
  });

  it('finds no stampede where stale values are served meanwhile', async () => {
    const page = popular('1m');
    await clinic.traffic({ seconds: 20, perSecond: 100 }, () => page());
    expect(clinic.names()).to.not.include('stampede');
  });

  it('finds no stampede where callers come one at a time', async () => {
    const page = popular(0);
    await clinic.traffic({ seconds: 200, perSecond: 2 }, () => page());
    expect(clinic.names()).to.not.include('stampede');
  });

  it('advises a longer stale window where there is one that is over too soon', async () => {
    const page = popular('100ms');
    for (let burst = 0; burst < 10; burst += 1) {
      await clinic.clock.tickAsync(5_000);
      await Promise.all([clinic.clock.tickAsync(300), ...Array.from({ length: 30 }, () => page())]);
    }
    expect(clinic.finding('stampede').advice).to.contain('longer');
  });

  /** Ten prices, all of which change each so many seconds, behind the back of the cache. */
  const prices = (ttl: '1s' | '10s' | '15s', changesEach: number) =>
    clinic.cache.wrap(
      async (id: number) => ({ id, price: Math.floor(clinic.clock.now / 1_000 / changesEach) * 10 + id, version }),
      { key: priceKey, ttl },
    );

  it('finds a ttl too long where values change sooner', async () => {
    const price = prices('15s', 40);
    await clinic.traffic({ seconds: 180, perSecond: 20 }, (index) => price(index % 10));
    const finding = clinic.finding('ttl-too-long');
    expect(finding).to.deep.include({ severity: 'medium', patterns: ['price:{}'] });
    expect(finding.advice).to.match(/With a ttl of '1s' /);
  });

  it('says so where no ttl would be short enough', async () => {
    const price = prices('10s', 2);
    await clinic.traffic({ seconds: 60, perSecond: 20 }, (index) => price(index % 10));
    expect(clinic.finding('ttl-too-long').advice).to.match(/^Even with a ttl of a second \d+ %/);
  });

  it('finds no ttl too long where values change, and the cache is told', async () => {
    const price = clinic.cache.wrap(async (id: number) => ({ id, price: 10 + id, version }), {
      key: priceKey,
      ttl: '10s',
    });
    await clinic.traffic({ seconds: 60, perSecond: 20 }, (index) => {
      if (index % 60 === 59) {
        version += 1;
        void clinic.cache.invalidate(...Array.from({ length: 10 }, (_, id) => priceKey(id)));
      }
      return price(index % 10);
    });
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds a ttl too short where values stay the same', async () => {
    const price = prices('1s', 1e9);
    await clinic.traffic({ seconds: 200, perSecond: 10 }, (index) => price(index % 20));
    const finding = clinic.finding('ttl-too-short');
    expect(finding).to.deep.include({ severity: 'medium', patterns: ['price:{}'] });
    expect(finding.advice).to.match(/ttl of '(15s|1m)'/);
  });

  it('takes a short ttl for less of an evil where nobody waits', async () => {
    const price = clinic.cache.wrap(async (id: number) => id, { key: priceKey, ttl: '1s', staleWhileRevalidate: '1m' });
    await clinic.traffic({ seconds: 60, perSecond: 10 }, (index) => price(index % 20));
    expect(clinic.finding('ttl-too-short').severity).to.equal('low');
  });

  it('finds no ttl too short where values would be out of date at a longer one', async () => {
    const price = prices('1s', 4);
    await clinic.traffic({ seconds: 60, perSecond: 10 }, (index) => price(index % 20));
    expect(clinic.names()).to.not.include('ttl-too-short');
  });

  it('finds no ttl too short where a longer one would give no more hits', async () => {
    const price = prices('10s', 1e9);
    await clinic.traffic({ seconds: 120, perSecond: 40 }, (index) => price(index % 20));
    expect(clinic.names()).to.deep.equal([]);
  });

  it('says nothing of ttls that are longer than it has counted', async () => {
    const price = prices('1s', 1e9);
    await clinic.traffic({ seconds: 3, perSecond: 50 }, (index) => price(index % 100));
    expect(clinic.names()).to.deep.equal([]);
  });
});
