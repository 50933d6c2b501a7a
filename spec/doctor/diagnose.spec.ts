import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import {
  Cached,
  diagnose,
  FINDING_NAMES,
  InvalidatesCache,
  key,
  MemoryStore,
  TieredStore,
  type CacheStats,
  type Store,
} from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';
import { seededRandom } from '../support/random.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { zipf } from '../support/zipf.js';
import { Clinic } from './clinic.js';

const userKey = (id: number) => key`user:${id}`;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['two tiers', () => new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(new SharedMedium()) })],
  ['a shared store', () => new SharedMemoryStore(new SharedMedium())],
];

describe('The doctor', () => {
  it('has a page for each finding, and no other', () => {
    const pages = readdirSync('docs/findings').filter((name) => name !== 'README.md');
    expect(pages).to.have.members(FINDING_NAMES.map((name) => `${name}.md`));
  });

  it('gives each finding a page that is there', () => {
    const list = readFileSync('docs/doctor.md', 'utf8');
    for (const name of FINDING_NAMES) {
      expect(existsSync(`docs/findings/${name}.md`), name).to.equal(true);
      // A fence begins a line, or all the rest of the page is code.
      expect(readFileSync(`docs/findings/${name}.md`, 'utf8'), name).to.not.match(/^[^\n`]+```/m);
      expect(list).to.contain(`findings/${name}.md`);
    }
  });

  for (const wrong of [undefined, null, 'stats', {}, { format: 2, patterns: [] }, { format: 1 }, [] as unknown]) {
    it(`refuses ${inspect(wrong)}, which is no stats`, () => {
      expectCacheError(() => diagnose(wrong as CacheStats), 'ERR_CACHE_OPTION_INVALID', '`stats');
    });
  }

  for (const [name, makeStore] of STORES) {
    it(`finds nothing in a healthy service over ${name}`, async () => {
      const clinic = new Clinic({ store: makeStore() });
      try {
        const users = new Map(
          Array.from({ length: 500 }, (_, id) => [id, { id, name: `user ${id}`, email: `${id}@x` }]),
        );
        const cacheOf = () => clinic.cache;
        class Users {
          @Cached({ key: userKey, ttl: '30s', staleWhileRevalidate: '5m', cache: cacheOf })
          async find(id: number): Promise<unknown> {
            await clinic.takes(20);
            return users.get(id);
          }

          @InvalidatesCache({ keys: [userKey], cache: cacheOf })
          async rename(id: number, name: string): Promise<void> {
            await clinic.takes(5);
            users.set(id, { id, name, email: `${id}@x` });
          }
        }
        const random = seededRandom(3);
        const next = zipf(500, random);
        const service = new Users();
        await clinic.traffic({ seconds: 300, perSecond: 40 }, (index) =>
          index % 40 === 0 ? service.rename(next(), `user ${index}`) : service.find(next()),
        );
        expect(clinic.findings()).to.deep.equal([]);
      } finally {
        clinic.close();
      }
    });
  }

  it('names methods that seem to write, where nothing is invalidated', async () => {
    const clinic = new Clinic();
    try {
      const cacheOf = () => clinic.cache;
      let version = 0;
      class Users {
        @Cached({ key: userKey, ttl: '2s', cache: cacheOf })
        async find(id: number): Promise<unknown> {
          return { id, name: `user ${version}`, at: 'here' };
        }

        rename(): void {
          version += 1;
        }

        settings(): string {
          return 'no write';
        }

        @InvalidatesCache({ keys: [key`another`], cache: cacheOf })
        async updateAnother(): Promise<void> {
          await clinic.takes(1);
        }
      }
      const users = new Users();
      await clinic.traffic({ seconds: 30, perSecond: 20 }, (index) => {
        if (index % 10 === 0) users.rename();
        return users.find(index % 10);
      });
      const finding = clinic.finding('no-invalidation');
      expect(finding.severity).to.equal('high');
      expect(finding.advice).to.contain('on Users.rename, if');
      expect(clinic.cache.stats().patterns[0]?.fillers).to.deep.include.members([
        {
          by: 'Users.find',
          fills: 150,
          shortestTtl: 2_000,
          longestTtl: 2_000,
          staleWhileRevalidate: 0,
          tagged: false,
          silentWriters: ['Users.rename'],
        },
      ]);
    } finally {
      clinic.close();
    }
  });

  it('tells the worst first', async () => {
    const clinic = new Clinic();
    try {
      const find = clinic.cache.wrap(async (id: number) => id, { key: userKey, ttl: '10s' });
      const page = clinic.cache.wrap(() => clinic.takes(200), { key: 'page', ttl: '1s' });
      await clinic.traffic({ seconds: 20, perSecond: 100 }, () => page());
      await find(1);
      await clinic.cache.get(userKey(2));
      await clinic.cache.set(userKey(2), 2, { ttl: '10s' });
      expect(clinic.findings().map(({ severity }) => severity)).to.deep.equal(['high', 'low']);
    } finally {
      clinic.close();
    }
  });
});
