import { expect } from 'chai';

import type { Lifetime, Store, TierReport } from 'freshkeep';

const LIFETIME: Lifetime = { ttl: 60_000, staleWhileRevalidate: 30_000, staleIfError: 90_000 };
const MAX_LOAD = 10_000;

/** What every store must do that shows people what it has; part of the contract of stores. */
export function describeInspectionContract(storeNow: () => Store): void {
  describe('and inspection', () => {
    let store: Store;

    beforeEach(() => {
      store = storeNow();
    });

    /** Of the tier that decides, which is asked last. */
    async function inspect(key: string, values = false): Promise<TierReport> {
      const report = (await store.inspect?.(key, { values }))?.at(-1);
      if (report === undefined) throw new Error('Expected the store to show what it has');
      return report;
    }

    async function load(key: string, lifetime: Lifetime, tags: readonly string[] = []): Promise<void> {
      await store.open(key, 'ticket', MAX_LOAD, { tags, mayGrow: false });
      await store.fill(key, 'ticket', store.seal({ of: key }), { lifetime, tags });
    }

    it('shows nothing under a key that was never filled', async () => {
      const { tier, ...rest } = await inspect('k');
      expect(tier).to.be.a('string');
      expect(rest).to.deep.equal({ openTickets: 0 });
    });

    it('shows what is left of the life of an entry, and how old it is', async () => {
      await load('k', LIFETIME);
      await pause(50);
      const { entry, openTickets } = await inspect('k');
      expect([entry?.state, entry?.tags, openTickets]).to.deep.equal(['fresh', [], 0]);
      expect(entry?.age).to.be.within(40, 10_000);
      expect(entry?.freshFor).to.be.within(50_000, 59_990);
      expect(entry?.servableFor).to.be.within(80_000, 89_990);
      expect(entry?.lastResortFor).to.be.within(140_000, 149_990);
    });

    it('shows the value only to one who asks for it', async () => {
      await load('k', LIFETIME);
      expect((await inspect('k')).entry).not.to.have.property('value');
      expect((await inspect('k', true)).entry?.value).to.deep.equal({ of: 'k' });
    });

    it('tells stale from fresh, and from what has expired but for calls whose load fails', async () => {
      await load('k', { ttl: 100, staleWhileRevalidate: 200, staleIfError: 60_000 });
      await pause(150);
      const stale = (await inspect('k')).entry;
      expect([stale?.state, stale?.freshFor]).to.deep.equal(['stale', 0]);
      expect(stale?.servableFor).to.be.within(1, 160);
      expect(stale?.age).to.be.within(100, 10_000);
      await pause(250);
      const { state, servableFor, lastResortFor = 0 } = (await inspect('k')).entry ?? {};
      expect([state, servableFor]).to.deep.equal(['last-resort', 0]);
      expect(lastResortFor).to.be.within(50_000, 59_900);
    });

    it('shows no entry that has expired as one that could be served', async () => {
      await load('k', { ttl: 10, staleWhileRevalidate: 10 });
      await pause(60);
      expect((await inspect('k')).entry?.state ?? 'expired').to.equal('expired');
    });

    it('shows the tags of an entry, and which of them were invalidated', async () => {
      await load('k', LIFETIME, ['a', 'b']);
      const invalidated = async () => {
        const { entry } = await inspect('k');
        return [entry?.state, ...(entry?.tags ?? []).map((tag) => [tag.name, tag.invalidated])];
      };
      expect(await invalidated()).to.deep.equal(['fresh', ['a', false], ['b', false]]);
      await store.invalidate([], ['b']);
      expect(await invalidated()).to.deep.equal(['invalidated', ['a', false], ['b', true]]);
    });

    it('shows how many loads may still fill it, and none once it was invalidated', async () => {
      for (const ticket of ['one', 'two']) await store.open('k', ticket, MAX_LOAD);
      expect((await inspect('k')).openTickets).to.equal(2);
      await store.invalidate(['k']);
      expect(await inspect('k')).to.include({ openTickets: 0 });
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
