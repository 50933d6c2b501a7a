import { expect } from 'chai';
import { key, MemoryStore, TieredStore } from 'freshkeep';

import { seededRandom } from '../support/random.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { Clinic } from './clinic.js';

const reportKey = (id: number) => key`report:${id}`;

describe('The doctor, of what is worth it', () => {
  let clinic: Clinic;

  beforeEach(() => {
    clinic = new Clinic();
  });

  afterEach(() => {
    clinic.close();
  });

  it('finds entries that are kept and never read', async () => {
    const report = clinic.cache.wrap(async (id: number) => ({ id, text: 'x'.repeat(1_000) }), {
      key: reportKey,
      ttl: '5s',
    });
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) => report(index));
    const finding = clinic.finding('not-worth-caching');
    expect(finding).to.deep.include({ patterns: ['report:{}'], severity: 'medium' });
    expect(finding.evidence.find(({ unit }) => unit === 'bytes')?.value).to.be.greaterThan(100_000);
  });

  for (const [name, makeStore] of [
    ['a shared store', () => new SharedMemoryStore(new SharedMedium())],
    ['two tiers', () => new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(new SharedMedium()) })],
  ] as const) {
    it(`says of entries in ${name} that others may read them`, async () => {
      clinic.close();
      clinic = new Clinic({ store: makeStore() });
      const report = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '5s' });
      await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) => report(index));
      const finding = clinic.finding('not-worth-caching');
      expect(finding.severity).to.equal('low');
      expect(finding.advice).to.contain('other processes');
    });
  }

  it('finds nothing in entries that are read, though not all of them', async () => {
    const report = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '5s' });
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) => report(index % 3 === 0 ? index : 1));
    expect(clinic.names()).to.not.include('not-worth-caching');
  });

  it('finds two methods that fill the same entries for different times', async () => {
    const find = clinic.cache.wrap(
      async function find(id: number) {
        return id;
      },
      { key: reportKey, ttl: '10s' },
    );
    const load = clinic.cache.wrap(
      async function load(id: number) {
        return id;
      },
      { key: reportKey, ttl: '1m' },
    );
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) =>
      index % 2 === 0 ? find(index % 7) : load(index % 11),
    );
    const finding = clinic.finding('duplicated-logic');
    expect(finding.severity).to.equal('medium');
    expect(finding.summary).to.contain('find').and.to.contain('load');
  });

  it('tells functions apart that have no names: by what they declare, though their texts are the same', async () => {
    const [find, load] = (['10s', '1m'] as const).map((ttl) =>
      clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl }),
    );
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) =>
      index % 2 === 0 ? find?.(index % 7) : load?.(index % 11),
    );
    const finding = clinic.finding('duplicated-logic');
    expect(finding.severity).to.equal('low');
    expect(finding.summary).to.contain('The same code').and.to.contain('(anonymous) and (anonymous) #2');
  });

  it('finds no fault in a lifetime that each tenant has for itself', async () => {
    const readers = [10, 20, 30, 40, 50, 60].map((ttl) =>
      clinic.cache.wrap(async (id: number) => id, { key: (id: number) => key`report:${ttl}:${id}`, ttl }),
    );
    await clinic.traffic({ seconds: 120, perSecond: 10 }, (index) => readers[index % 6]?.(index % 7));
    expect(clinic.names()).to.not.include('duplicated-logic');
    expect(clinic.cache.stats().patterns[0]?.fillers).to.have.length(1);
  });

  it('tells functions apart that have no names, and come with each call: by their texts', async () => {
    const { cache } = clinic;
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) =>
      index % 2 === 0
        ? cache.getOrLoad(reportKey(index % 7), async () => index % 7, { ttl: '10s' })
        : cache.getOrLoad(reportKey(index % 11), async () => index % 11, { ttl: '1m' }),
    );
    expect(clinic.finding('duplicated-logic').summary).to.contain('(anonymous) and (anonymous) #2 fill');
  });

  it('finds nothing in one function whose lifetime comes with each call', async () => {
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) =>
      clinic.cache.getOrLoad(reportKey(index % 70), async () => index, { ttl: index % 2 === 0 ? '1s' : '3s' }),
    );
    expect(clinic.names()).to.not.include('duplicated-logic');
  });

  it('finds nothing in two methods that agree, but for jitter', async () => {
    const options = { key: reportKey, ttl: '10s', jitter: 0.2 } as const;
    const find = clinic.cache.wrap(async function find(id: number) {
      return id;
    }, options);
    const load = clinic.cache.wrap(async function load(id: number) {
      return id;
    }, options);
    await clinic.traffic({ seconds: 30, perSecond: 10 }, (index) =>
      index % 2 === 0 ? find(index % 7) : load(index % 11),
    );
    expect(clinic.names()).to.not.include('duplicated-logic');
  });

  it('finds nothing in lifetimes that depend on the value, of which little was seen', async () => {
    const ttl = (value: number) => (value < 10 ? '10s' : '1m');
    const few = clinic.cache.wrap(
      async function few(id: number) {
        return id;
      },
      { key: reportKey, ttl },
    );
    const many = clinic.cache.wrap(
      async function many(id: number) {
        return id;
      },
      { key: reportKey, ttl },
    );
    for (let id = 0; id < 4; id += 1) await few(id);
    for (let id = 10; id < 30; id += 1) await many(id);
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds entries of a method that are read and written by hand', async () => {
    const find = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '10s' });
    await find(1);
    if ((await clinic.cache.get(reportKey(2))) === undefined) await clinic.cache.set(reportKey(2), 2, { ttl: '10s' });
    expect(clinic.finding('duplicated-logic').severity).to.equal('low');
  });

  it('finds a memory that is too small for what is called', async () => {
    clinic.close();
    clinic = new Clinic({ store: new MemoryStore({ maxEntries: 100 }) });
    const find = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '1h' });
    const random = seededRandom(1);
    for (let index = 0; index < 20_000; index += 1) await find(Math.floor(random() * 300));
    expect(clinic.finding('l1-too-small').advice).to.match(/maxEntries: (300|400|800)/);
  });

  it('finds it also where nothing is ever read before it gives way', async () => {
    clinic.close();
    clinic = new Clinic({ store: new MemoryStore({ maxEntries: 100 }) });
    const find = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '1h' });
    for (let index = 0; index < 20_000; index += 1) await find(index % 300);
    expect(clinic.finding('l1-too-small').advice).to.contain('all 300 keys');
    expect(clinic.names()).to.deep.equal(['l1-too-small']);
  });

  it('finds nothing in a memory that has what is called', async () => {
    clinic.close();
    clinic = new Clinic({ store: new MemoryStore({ maxEntries: 400 }) });
    const find = clinic.cache.wrap(async (id: number) => id, { key: reportKey, ttl: '1h' });
    for (let index = 0; index < 20_000; index += 1) await find((index * 7) % 300);
    expect(clinic.names()).to.deep.equal([]);
  });
});
