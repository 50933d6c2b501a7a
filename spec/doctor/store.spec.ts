import { expect } from 'chai';
import {
  key,
  MemoryStore,
  TieredStore,
  UpdatesCache,
  type RefreshLock,
  type SealedValue,
  type StoreObserver,
} from 'freshkeep';
import { FaithfulSerializer } from 'freshkeep/redis';

import { ChaosStore } from '../support/chaos-store.js';
import { settle } from '../support/deferred.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { Clinic } from './clinic.js';

const userKey = (id: number) => key`user:${id}`;

/** Refuses what could not be serialized. */
class SerializingStore extends MemoryStore {
  override seal(value: unknown): SealedValue {
    new FaithfulSerializer().serialize(value);
    return super.seal(value);
  }
}

describe('The doctor, of what happens in a store', () => {
  let clinic: Clinic;

  beforeEach(() => {
    clinic = new Clinic();
  });

  afterEach(() => {
    clinic.close();
  });

  /** Its loads take 100 ms. */
  const slowReader = () =>
    clinic.cache.wrap(
      async (id: number) => {
        await clinic.takes(100);
        return id;
      },
      { key: userKey, ttl: '10s' },
    );

  it('finds values that cannot be stored', async () => {
    clinic.close();
    clinic = new Clinic({ store: new SerializingStore() });
    const find = clinic.cache.wrap(async () => ({ close: () => undefined }), { key: 'handle', ttl: '1m' });
    for (let index = 0; index < 3; index += 1) await find();
    const finding = clinic.finding('unsupported-values');
    expect(finding).to.deep.include({ severity: 'high', patterns: ['handle'] });
    expect(finding.evidence).to.deep.include({ what: 'values that were not stored', value: 3, unit: 'count' });
  });

  it('finds results of a method that writes which cannot be stored', async () => {
    clinic.close();
    clinic = new Clinic({ store: new SerializingStore() });
    class Handles {
      @UpdatesCache({ key: 'handle:{0}', ttl: '1m', cache: () => clinic.cache })
      async save(id: number): Promise<object> {
        return { id, close: () => undefined };
      }
    }
    await new Handles().save(1);
    expect(clinic.finding('unsupported-values')).to.deep.include({ severity: 'high', patterns: ['handle:{}'] });
  });

  it('finds values that are invalidated while they are loaded', async () => {
    const find = slowReader();
    await clinic.traffic({ seconds: 20, perSecond: 20 }, (index) => {
      if (index % 2 === 1) void clinic.cache.invalidate(userKey(1));
      return find(1);
    });
    expect(clinic.finding('refused-fills')).to.deep.include({ severity: 'medium', patterns: ['user:{}'] });
  });

  it('finds nothing in a few that are', async () => {
    const find = slowReader();
    await clinic.traffic({ seconds: 20, perSecond: 20 }, (index) => {
      if (index % 50 === 49) void clinic.cache.invalidate(userKey(1));
      return find(1);
    });
    expect(clinic.names()).to.not.include('refused-fills');
  });

  it('finds a function of the user that fails', async () => {
    const tags = (): string[] => {
      throw new Error('no tags');
    };
    const find = clinic.cache.wrap(async (id: number) => id, { key: userKey, ttl: '1m', tags });
    await find(1).catch(() => undefined);
    expect(clinic.finding('failing-options')).to.deep.include({ severity: 'medium', patterns: ['user:{}'] });
  });

  it('thinks less of it where it is rare', async () => {
    const tags = (id: number) => {
      if (id === 0) throw new Error('no tags');
      return [];
    };
    const find = clinic.cache.wrap(async (id: number) => id, { key: userKey, ttl: '1m', tags });
    for (let id = 0; id <= 100; id += 1) await find(id);
    expect(clinic.finding('failing-options').severity).to.equal('low');
  });

  it('finds loads that fail', async () => {
    const find = clinic.cache.wrap(
      async (id: number) => {
        if (id % 4 === 0) throw new Error(`No user ${id}`);
        return { id };
      },
      { key: userKey, ttl: '1m' },
    );
    await clinic.traffic({ seconds: 10, perSecond: 20 }, (index) => find(index % 10).catch(() => undefined));
    const finding = clinic.finding('failing-loads');
    expect(finding).to.deep.include({ severity: 'high', patterns: ['user:{}'] });
    expect(finding.evidence).to.deep.include({ what: 'loads that failed', value: 60, unit: 'count' });
  });

  it('finds nothing in a source that was away for a while', async () => {
    const find = clinic.cache.wrap(
      async (id: number) => {
        if (clinic.clock.now < 2_000) throw new Error('away');
        return { id };
      },
      { key: userKey, ttl: '2s' },
    );
    await clinic.traffic({ seconds: 120, perSecond: 10 }, (index) => find(index % 10).catch(() => undefined));
    expect(clinic.cache.stats().patterns[0]?.failedLoads).to.equal(20);
    expect(clinic.names()).to.not.include('failing-loads');
  });

  it('finds that the lease of a lock ends during the load', async () => {
    clinic.close();
    class LosingStore extends SharedMemoryStore {
      readonly lock: RefreshLock = {
        acquire: (_key, { onLost }) => {
          setTimeout(onLost, 10, new Error('Redis did not answer in time'));
          return { release: () => undefined };
        },
      };
    }
    clinic = new Clinic({ store: new LosingStore(new SharedMedium()) });
    const find = slowReader();
    await clinic.traffic({ seconds: 1, perSecond: 5 }, (index) => find(index));
    expect(clinic.finding('lease-ended')).to.deep.include({ severity: 'medium', patterns: ['user:{}'] });
  });

  it('finds that entries cannot be read', async () => {
    let observer: StoreObserver | undefined;
    class OldStore extends MemoryStore {
      override observe(told: StoreObserver): void {
        observer = told;
        super.observe(told);
      }
    }
    clinic.close();
    clinic = new Clinic({ store: new OldStore() });
    observer?.entryUnreadable?.('user:1', new Error('of another version'));
    const finding = clinic.finding('unreadable-entries');
    expect([finding.severity, finding.evidence[0]?.value]).to.deep.equal(['medium', 1]);
  });

  it('finds invalidations that wait for the store', async () => {
    const store = new ChaosStore();
    clinic.close();
    clinic = new Clinic({ store });
    store.fail('invalidate');
    await clinic.cache.invalidate(userKey(1), userKey(2));
    expect(clinic.finding('queue-growing')).to.deep.include({ severity: 'medium' });
    store.calm();
    await clinic.clock.tickAsync(60_000);
    await settle();
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds that copies are not trusted', async () => {
    const l2 = new SharedMemoryStore(new SharedMedium());
    clinic.close();
    clinic = new Clinic({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
    l2.trustedUntil = -Infinity;
    await clinic.clock.tickAsync(1_000);
    const justBegun = clinic.names();
    await clinic.clock.tickAsync(5_000);
    expect(justBegun).to.deep.equal([]);
    expect(clinic.finding('l1-not-trusted').severity).to.equal('high');
    l2.trustedUntil = Infinity;
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds that copies are dropped again and again', async () => {
    const medium = new SharedMedium();
    clinic.close();
    clinic = new Clinic({ store: new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(medium) }) });
    for (let time = 0; time < 10; time += 1) medium.miss();
    expect(clinic.finding('l1-not-trusted').severity).to.equal('medium');
    await clinic.clock.tickAsync(3_600_000);
    expect(clinic.names()).to.deep.equal([]);
  });

  it('finds that Redis does not answer', async () => {
    const l2 = new SharedMemoryStore(new SharedMedium());
    clinic.close();
    clinic = new Clinic({ store: l2 });
    l2.become('open');
    expect(clinic.finding('store-away').severity).to.equal('high');
    l2.become('closed');
    expect(clinic.names()).to.deep.equal([]);
  });
});
