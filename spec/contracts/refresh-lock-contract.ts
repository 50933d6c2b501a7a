import { expect } from 'chai';

import type { Lease, RefreshLock } from 'freshkeep';

/** A lock under test, and how to end it. */
export interface RefreshLockFixture {
  readonly lock: RefreshLock;
  readonly close: () => Promise<void> | void;
}

const TERMS = { lease: 1_000, atMost: 10_000, onLost: () => undefined };

/** What every refresh lock must do; each calls this with a way to make one. */
export function describeRefreshLockContract(
  name: string,
  create: () => Promise<RefreshLockFixture> | RefreshLockFixture,
): void {
  describe(`${name} keeps the contract of a refresh lock`, () => {
    let lock: RefreshLock;
    let close: RefreshLockFixture['close'];

    beforeEach(async () => {
      ({ lock, close } = await create());
    });

    afterEach(() => close());

    it('is granted to one at a time', async () => {
      const leases = await Promise.all(Array.from({ length: 10 }, async () => lock.acquire('k', TERMS)));
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
    });

    it('is granted again once it was released', async () => {
      const lease = (await lock.acquire('k', TERMS)) as Lease;
      await lease.release();
      const next = await lock.acquire('k', TERMS);
      expect(next).not.to.equal(undefined);
      await next?.release();
    });

    it('tells who has it, until it is released', async () => {
      expect(await lock.holder?.('k')).to.equal(undefined);
      const lease = (await lock.acquire('k', TERMS)) as Lease;
      const holder = await lock.holder?.('k');
      expect(holder?.by).to.equal('this process');
      expect(holder?.endsIn).to.be.within(500, TERMS.atMost);
      expect(await lock.holder?.('another')).to.equal(undefined);
      await lease.release();
      expect(await lock.holder?.('k')).to.equal(undefined);
    });

    it('is one for each key', async () => {
      const leases = [await lock.acquire('a', TERMS), await lock.acquire('b', TERMS)];
      expect(leases.every((lease) => lease !== undefined)).to.equal(true);
      for (const lease of leases) await lease?.release();
    });

    it('can be released twice, and not on behalf of the next holder', async () => {
      const first = (await lock.acquire('k', TERMS)) as Lease;
      await first.release();
      const second = (await lock.acquire('k', TERMS)) as Lease;
      await first.release();
      expect(await lock.acquire('k', TERMS)).to.equal(undefined);
      await second.release();
    });

    it('outlives its lease while the holder renews it, and ends when `atMost` is over, which the holder is told', async () => {
      const lost: unknown[] = [];
      const terms = { lease: 150, atMost: 400, onLost: (reason: unknown) => lost.push(reason) };
      await lock.acquire('k', terms);
      await pause(250);
      expect(await lock.acquire('k', TERMS), 'after 250 ms').to.equal(undefined);
      await pause(450);
      const next = await lock.acquire('k', TERMS);
      expect(next, 'after 700 ms').not.to.equal(undefined);
      expect(lost).to.have.length(1);
      await next?.release();
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
