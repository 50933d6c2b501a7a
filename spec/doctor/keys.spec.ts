import { expect } from 'chai';
import { key } from 'freshkeep';

import { Clinic } from './clinic.js';

const userKey = (id: number) => key`user:${id}`;

describe('The doctor, of keys and invalidation', () => {
  let clinic: Clinic;

  beforeEach(() => {
    clinic = new Clinic();
  });

  afterEach(() => {
    clinic.close();
  });

  const users = new Map<number, { id: number; name: string; city: string }>();
  beforeEach(() => {
    for (let id = 0; id < 10; id += 1) users.set(id, { id, name: `user ${id}`, city: 'London' });
  });

  const rename = (id: number, version: number) => users.set(id, { id, name: `user ${version}`, city: 'London' });

  const reader = (ttl: '2s' | '10s' = '2s') =>
    clinic.cache.wrap(async (id: number) => users.get(id), { key: userKey, ttl });

  it('finds that nothing is invalidated on writes', async () => {
    const find = reader();
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      if (index % 10 === 0) rename((index / 10) % 10, index);
      return find(index % 10);
    });
    const finding = clinic.finding('no-invalidation');
    expect(finding).to.deep.include({ severity: 'medium', patterns: ['user:{}'] });
    expect(finding.advice).to.contain('@InvalidatesCache');
  });

  it('finds nothing where writes are announced', async () => {
    const find = reader('10s');
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      if (index % 10 === 0) {
        rename((index / 10) % 10, index);
        void clinic.cache.invalidate(userKey((index / 10) % 10));
      }
      return find(index % 10);
    });
    expect(clinic.names()).to.deep.equal([]);
  });

  for (const [spelling, write] of [
    ['a separator', (id: number) => key`user-${id}`],
    ['case', (id: number) => key`User:${id}`],
    ['number', (id: number) => key`users:${id}`],
  ] as const) {
    it(`finds that reader and writer spell a key differently: in ${spelling}`, async () => {
      const find = reader();
      await clinic.traffic({ seconds: 10, perSecond: 20 }, (index) => {
        if (index % 10 === 0) void clinic.cache.invalidate(write((index / 10) % 10));
        return find(index % 10);
      });
      const finding = clinic.finding('inconsistent-keys');
      expect(finding.severity).to.equal('high');
      expect(finding.patterns).to.have.members(['user:{}', write(1).pattern]);
    });
  }

  it('finds nothing in a thing and a list of such things, where writers invalidate both', async () => {
    const find = reader('10s');
    const list = clinic.cache.wrap(async (page: number) => [...users.values()].slice(page), {
      key: 'users:{0}',
      ttl: '10s',
    });
    const seen = new Set<string>();
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      for (const name of clinic.names()) seen.add(name);
      if (index % 50 === 0) void clinic.cache.invalidate(userKey(1), key`users:${0}`);
      return index > 300 && index % 2 === 0 ? list(0) : find(index % 10);
    });
    expect([...seen]).to.deep.equal([]);
  });

  it('finds two cached patterns that differ in their spelling', async () => {
    const find = reader('10s');
    const other = clinic.cache.wrap(async (id: number) => users.get(id), { key: 'user_{0}', ttl: '10s' });
    await clinic.traffic({ seconds: 10, perSecond: 20 }, (index) =>
      index % 2 === 0 ? find(index % 10) : other(index % 10),
    );
    expect(clinic.finding('inconsistent-keys')).to.deep.include({ severity: 'medium' });
  });

  it('finds that values change under one name while another is invalidated', async () => {
    const find = reader();
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      if (index % 10 === 0) {
        rename((index / 10) % 10, index);
        void clinic.cache.invalidate(key`account:${(index / 10) % 10}`);
      }
      return find(index % 10);
    });
    expect(clinic.finding('inconsistent-keys').patterns).to.have.members(['user:{}', 'account:{}']);
  });

  const byName = (ttl: '2s') =>
    clinic.cache.wrap(async (name: string) => [...users.values()].find((user) => user.name === name), {
      key: 'by-name:{0}',
      ttl,
    });

  it('finds that the same values are kept under a second name that no writer knows', async () => {
    const [find, findByName] = [reader(), byName('2s')];
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      if (index % 100 === 0) void clinic.cache.invalidate(userKey(index % 10));
      const id = Math.floor(index / 2) % 10;
      return index % 2 === 0 ? find(id) : findByName(`user ${id}`);
    });
    expect(clinic.finding('inconsistent-keys').patterns).to.have.members(['user:{}', 'by-name:{}']);
  });

  it('finds nothing in two names of which both are invalidated', async () => {
    const [find, findByName] = [reader(), byName('2s')];
    await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
      const id = Math.floor(index / 2) % 10;
      if (index % 100 === 0) void clinic.cache.invalidate(userKey(id), key`by-name:${`user ${id}`}`);
      return index % 2 === 0 ? find(id) : findByName(`user ${id}`);
    });
    expect(clinic.names()).to.not.include('inconsistent-keys');
  });

  it('finds keys that no call has twice', async () => {
    const search = clinic.cache.wrap(async (at: number) => at, { key: 'search:{0}', ttl: '1m' });
    for (let at = 0; at < 6_000; at += 1) await search(at);
    expect(clinic.names(), 'so early').to.deep.equal([]);
    await clinic.clock.tickAsync(60_000);
    expect(clinic.finding('key-explosion')).to.deep.include({ patterns: ['search:{}'], severity: 'medium' });
  });

  it('finds more patterns than are told apart, and nothing in as many as are', async () => {
    clinic.close();
    clinic = new Clinic({ statistics: { maxPatterns: 5 } });
    const findOf = (tenant: number) =>
      clinic.cache.wrap(async (id: number) => id, { key: `tenant-${tenant}:{0}`, ttl: '1m' });
    for (let tenant = 0; tenant < 5; tenant += 1) await findOf(tenant)(1);
    expect(clinic.names()).to.deep.equal([]);
    for (let tenant = 5; tenant < 8; tenant += 1) await findOf(tenant)(1);
    expect(clinic.finding('too-many-patterns').evidence.map(({ value }) => value)).to.deep.equal([5, 3]);
  });

  it('finds nothing in many keys that are called again', async () => {
    const search = clinic.cache.wrap(async (at: number) => at, { key: 'search:{0}', ttl: '1m' });
    for (let at = 0; at < 12_000; at += 1) await search(at % 6_000);
    expect(clinic.names()).to.deep.equal([]);
  });
});
