import { expect } from 'chai';

import type { BusListener, BusSubscription, Invalidated, Lifetime, SharedStore } from 'freshkeep';

/** Two stores over one medium, as two processes would have them, and how to end them. */
export interface SharedStoreFixture {
  readonly one: SharedStore;
  readonly other: SharedStore;
  readonly close: () => Promise<void> | void;
}

const LONG: Lifetime = { ttl: 60_000, staleWhileRevalidate: 30_000 };
const TERMS = { heartbeat: 1_000, maxSilence: 10_000 };
const MESSAGE_WITHIN = 1_000;

/** Notes what it is told. */
class Listener implements BusListener {
  readonly told: string[] = [];

  invalidated(what: Invalidated, by: string): void {
    const names = what === 'all' ? what : [...what.keys, ...what.tags.map((tag) => `#${tag}`)].join();
    this.told.push(`${names} by ${by}`);
  }

  missed(gap: string): void {
    this.told.push(gap);
  }

  failed(error: unknown): void {
    this.told.push(String(error));
  }
}

/** What a store must do, and the bus that belongs to it, to be the second tier of others. */
export function describeSharedStoreContract(
  name: string,
  create: () => Promise<SharedStoreFixture> | SharedStoreFixture,
): void {
  describe(`${name} keeps the contract of a shared store, and its bus that of a bus`, () => {
    let one: SharedStore;
    let other: SharedStore;
    let close: SharedStoreFixture['close'];
    const subscriptions: BusSubscription[] = [];

    beforeEach(async () => {
      ({ one, other, close } = await create());
    });

    afterEach(async () => {
      for (const subscription of subscriptions.splice(0)) subscription.close();
      await close();
    });

    /** Once it is trusted. */
    async function listen(store: SharedStore): Promise<{ listener: Listener; subscription: BusSubscription }> {
      const listener = new Listener();
      const subscription = store.bus.subscribe(listener, TERMS);
      subscriptions.push(subscription);
      await until(() => performance.now() < subscription.trustedUntil);
      listener.told.length = 0;
      return { listener, subscription };
    }

    const CHANGES: readonly [string, (store: SharedStore) => unknown, string][] = [
      ['keys', (store) => store.invalidate(['a', 'b:~,"\n€😀']), 'a,b:~,"\n€😀'],
      ['tags', (store) => store.invalidate([], ['t', 'u:~,"\n€😀']), '#t,#u:~,"\n€😀'],
      ['keys and tags', (store) => store.invalidate(['a'], ['t']), 'a,#t'],
      ['a key that is set', (store) => store.set('a', store.seal(1), { lifetime: LONG }), 'a'],
      [
        'a key that is updated',
        async (store) => {
          await store.open('a', 'ticket', 1_000);
          expect(await store.update('a', 'ticket', store.seal(1), { lifetime: LONG })).to.equal('filled');
        },
        'a',
      ],
      ['everything', (store) => store.clear(), 'all'],
    ];

    for (const [title, change, what] of CHANGES) {
      it(`announces ${title} to the listeners of the other store, and tells its own before and after`, async () => {
        const here = await listen(one);
        const there = await listen(other);
        await change(one);
        await until(() => there.listener.told.length > 0);
        expect(there.listener.told).to.deep.equal([`${what} by another process`]);
        expect(here.listener.told).to.deep.equal([`${what} by this process`, `${what} by this process`]);
      });
    }

    it('has applied an invalidation when its announcement arrives', async () => {
      await one.set('a', one.seal('old'), { lifetime: LONG });
      const found: unknown[] = [];
      const subscription = other.bus.subscribe(
        {
          invalidated: () => {
            found.push(other.read('a'));
          },
          missed: () => undefined,
          failed: () => undefined,
        },
        TERMS,
      );
      subscriptions.push(subscription);
      await until(() => performance.now() < subscription.trustedUntil);
      await one.invalidate(['a']);
      await until(() => found.length > 0);
      expect(await found[0]).to.equal(undefined);
    });

    it('announces each once, however many there are at a time', async () => {
      const there = await listen(other);
      const keys = Array.from({ length: 200 }, (_, n) => `k${n}`);
      await Promise.all(keys.map(async (key) => one.invalidate([key])));
      await until(() => there.listener.told.length >= keys.length);
      expect(there.listener.told).to.have.members(keys.map((key) => `${key} by another process`));
    });

    it('announces more keys than one command may hold', async () => {
      const there = await listen(other);
      const keys = Array.from({ length: 1_200 }, (_, n) => `k${n}`);
      await one.invalidate(keys);
      const count = () =>
        there.listener.told.flatMap((told) => told.replace(' by another process', '').split(',')).length;
      await until(() => count() >= keys.length);
      expect(there.listener.told).to.not.include('messages lost');
    });

    it('tells the other store nothing of an update that is refused', async () => {
      const there = await listen(other);
      expect(await one.update('a', 'never opened', one.seal(1), { lifetime: LONG })).to.equal('refused');
      await one.invalidate(['later']);
      await until(() => there.listener.told.includes('later by another process'));
      expect(there.listener.told).to.deep.equal(['later by another process']);
    });

    it('tells nothing of fills', async () => {
      const there = await listen(other);
      await one.open('a', 'ticket', 1_000);
      expect(await one.fill('a', 'ticket', one.seal(1), { lifetime: LONG })).to.equal('filled');
      await one.invalidate(['last']);
      await until(() => there.listener.told.length > 0);
      expect(there.listener.told).to.deep.equal(['last by another process']);
    });

    it('tells nothing after a subscription is closed', async () => {
      const there = await listen(other);
      const still = await listen(other);
      there.subscription.close();
      await one.invalidate(['a']);
      await until(() => still.listener.told.length > 0);
      expect(there.listener.told).to.deep.equal([]);
    });

    it('says how it is doing', async () => {
      const { subscription } = await listen(one);
      expect(subscription.health().state).to.equal('connected');
      expect(subscription.health().lag).to.be.within(0, MESSAGE_WITHIN);
    });

    it('says, with an entry, what is left of its life', async () => {
      await one.set('a', one.seal({ n: 1 }), { lifetime: { ttl: 60_000, staleWhileRevalidate: 30_000 } });
      await one.set('plain', one.seal(2), { lifetime: { ttl: 60_000, staleWhileRevalidate: 0 } });
      await one.set('stale', one.seal(3), { lifetime: { ttl: 20, staleWhileRevalidate: 30_000 } });
      await pause(40);
      const fresh = await other.readLiving('a');
      expect(fresh?.entry.value).to.deep.equal({ n: 1 });
      expect(fresh?.remaining.ttl).to.be.within(59_000, 59_980);
      expect(fresh?.remaining.staleWhileRevalidate).to.be.within(29_900, 30_100);
      const plain = await other.readLiving('plain');
      expect(plain?.remaining.ttl).to.be.within(59_000, 59_980);
      expect(plain?.remaining.staleWhileRevalidate).to.equal(0);
      const stale = await other.readLiving('stale');
      expect(stale?.remaining.ttl).to.equal(0);
      expect(stale?.remaining.staleWhileRevalidate).to.be.within(29_000, 30_000);
      expect(await other.readLiving('none')).to.equal(undefined);
    });

    it('tells the window for errors from the one before it', async () => {
      const windows = { staleWhileRevalidate: 30_000, staleIfError: 90_000 };
      await one.set('fresh', one.seal(1), { lifetime: { ttl: 60_000, ...windows } });
      await one.set('stale', one.seal(2), { lifetime: { ttl: 20, ...windows } });
      await one.set('expired', one.seal(3), { lifetime: { ttl: 10, staleWhileRevalidate: 10, staleIfError: 90_000 } });
      await pause(40);
      for (const [key, ttl, stale, lastResort] of [
        ['fresh', 60_000, 30_000, 90_000],
        ['stale', 0, 30_000, 90_000],
        ['expired', 0, 0, 90_000],
      ] as const) {
        const remaining = (await other.readLiving(key))?.remaining;
        expect(remaining?.ttl, key).to.be.within(ttl - 1_000, ttl);
        expect(remaining?.staleWhileRevalidate, key).to.be.within(stale - 1_000, stale + 100);
        expect(remaining?.staleIfError, key).to.be.within(lastResort - 1_000, lastResort + 100);
      }
    });

    it('says so of many at once, each its own', async () => {
      const ids = Array.from({ length: 150 }, (_, id) => id);
      await Promise.all(
        ids.map(async (id) =>
          one.set(`${id}`, one.seal(id), { lifetime: { ttl: 60_000 + id * 1_000, staleWhileRevalidate: 0 } }),
        ),
      );
      const found = await Promise.all([...ids, -1].map((id) => other.readLiving(`${id}`)));
      expect(found.map((living) => living?.entry.value)).to.deep.equal([...ids, undefined]);
      for (const id of ids) expect(Math.round((found[id]?.remaining.ttl ?? 0) / 1_000)).to.be.within(59 + id, 60 + id);
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + MESSAGE_WITHIN;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`Expected ${condition.toString()} within ${MESSAGE_WITHIN} ms`);
    await pause(2);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
