import { expect } from 'chai';

import type { Entry, Lifetime, Store } from 'freshkeep';

import { freshnessOf, isLastResort } from '../../lib/entry/entry.js';
import { describeInspectionContract } from './inspection-contract.js';
import { describeTagContract } from './tag-contract.js';

/** A store under test, and how to end it. */
export interface StoreFixture {
  readonly store: Store;
  readonly close: () => Promise<void> | void;
}

const LONG: Lifetime = { ttl: 60_000, staleWhileRevalidate: 30_000 };
const MAX_LOAD = 10_000;

/** What every store must do, whatever its medium; each calls this with a way to make one. */
export function describeStoreContract(name: string, create: () => Promise<StoreFixture> | StoreFixture): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: Store;
    let close: StoreFixture['close'];

    beforeEach(async () => {
      ({ store, close } = await create());
    });

    afterEach(() => close());

    async function load(key: string, value: unknown, ticket = `ticket of ${String(value)}`): Promise<string> {
      await store.open(key, ticket, MAX_LOAD);
      return store.fill(key, ticket, store.seal(value), { lifetime: LONG });
    }

    async function valueOf(key: string): Promise<unknown> {
      return (await store.read(key))?.value;
    }

    it('has nothing under a key that was never filled', async () => {
      expect(await store.read('k')).to.equal(undefined);
    });

    it('gives a filled value back, fresh', async () => {
      expect(await load('k', { n: 1 })).to.equal('filled');
      const entry = (await store.read('k')) as Entry;
      expect(entry.value).to.deep.equal({ n: 1 });
      expect(freshnessOf(entry, performance.now())).to.equal('fresh');
    });

    it('gives it back stale when its ttl is over, until its stale window is over too', async () => {
      await store.set('k', store.seal('value'), { lifetime: { ttl: 20, staleWhileRevalidate: 60_000 } });
      await pause(40);
      for (const entry of [await store.read('k'), await store.open('k', 'ticket', MAX_LOAD)]) {
        expect(freshnessOf(entry as Entry, performance.now())).to.equal('stale');
        expect(entry?.value).to.equal('value');
      }
    });

    it('gives an expired entry back as a last resort, until its window for errors is over', async () => {
      const expected = { staleWindow: 'with stale window', tags: [] } as const;
      const instants = (entry: Entry | undefined): unknown[] => {
        const at = performance.now();
        return entry === undefined ? [] : [freshnessOf(entry, at), isLastResort(entry, at)];
      };
      const windows = { staleWhileRevalidate: 400, staleIfError: 60_000 };
      await store.set('short', store.seal('value'), {
        lifetime: { ttl: 20, staleWhileRevalidate: 0, staleIfError: 40 },
      });
      await store.set('k', store.seal('value'), { lifetime: { ttl: 200, ...windows } });
      expect(instants(await store.read('k', expected))).to.deep.equal(['fresh', false]);
      await pause(220);
      expect(instants(await store.read('k', expected))).to.deep.equal(['stale', false]);
      await pause(420);
      for (const entry of [await store.read('k', expected), await store.open('k', 'ticket', MAX_LOAD)]) {
        expect([...instants(entry), entry?.value]).to.deep.equal(['expired', true, 'value']);
      }
      const [, isUsable = false] = instants(await store.read('short', expected));
      expect(isUsable).to.equal(false);
    });

    for (const expected of ['with stale window', 'without stale window'] as const) {
      it(`tells fresh from stale, by the entry itself, to one who expects entries ${expected}`, async () => {
        await store.set('k', store.seal('long'), { lifetime: { ttl: 60_000, staleWhileRevalidate: 60_000 } });
        await store.set('k', store.seal('short'), { lifetime: { ttl: 20, staleWhileRevalidate: 60_000 } });
        await store.set('long', store.seal('value'), { lifetime: { ttl: 60_000, staleWhileRevalidate: 60_000 } });
        await store.set('plain', store.seal('value'), { lifetime: { ttl: 60_000, staleWhileRevalidate: 0 } });
        await pause(40);
        const freshness: unknown[] = [];
        for (const key of ['k', 'long', 'plain', 'none']) {
          const entry = await store.read(key, { staleWindow: expected, tags: [] });
          freshness.push(entry && freshnessOf(entry, performance.now()));
        }
        expect(freshness).to.deep.equal(['stale', 'fresh', 'fresh', undefined]);
      });
    }

    it('lets an entry go when its life is over', async () => {
      await store.set('k', store.seal('value'), { lifetime: { ttl: 20, staleWhileRevalidate: 20 } });
      await pause(60);
      const entry = await store.read('k');
      expect(entry === undefined || performance.now() >= entry.expiresAt).to.equal(true);
    });

    it('refuses a fill without a ticket', async () => {
      expect(await store.fill('k', 'never opened', store.seal('value'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('refuses a fill whose key was invalidated after its ticket was opened', async () => {
      await store.open('k', 'ticket', MAX_LOAD);
      await store.invalidate(['k']);
      expect(await store.fill('k', 'ticket', store.seal('old'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('tells the fills before and after an invalidation apart, though they are of one process', async () => {
      await store.open('k', 'before', MAX_LOAD);
      await store.invalidate(['k']);
      await store.open('k', 'after', MAX_LOAD);
      expect(await store.fill('k', 'before', store.seal('old'), { lifetime: LONG })).to.equal('refused');
      expect(await store.fill('k', 'after', store.seal('new'), { lifetime: LONG })).to.equal('filled');
      expect(await valueOf('k')).to.equal('new');
    });

    it('refuses a second fill by the same ticket', async () => {
      await load('k', 'first', 'ticket');
      expect(await store.fill('k', 'ticket', store.seal('second'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal('first');
    });

    it('ends every other ticket of a key with a fill', async () => {
      await store.open('k', 'slow', MAX_LOAD);
      await load('k', 'quick');
      expect(await store.fill('k', 'slow', store.seal('slow'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal('quick');
    });

    it('refuses a fill by an abandoned ticket, and leaves the others open', async () => {
      await store.open('k', 'abandoned', MAX_LOAD);
      await store.open('k', 'kept', MAX_LOAD);
      await store.abandon('k', 'abandoned');
      expect(await store.fill('k', 'abandoned', store.seal('value'), { lifetime: LONG })).to.equal('refused');
      expect(await store.fill('k', 'kept', store.seal('value'), { lifetime: LONG })).to.equal('filled');
    });

    it('refuses a fill that took longer than the longest load', async () => {
      await store.open('k', 'ticket', 20);
      await pause(40);
      expect(await store.fill('k', 'ticket', store.seal('late'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('tells with an abandoned ticket whether it was still open', async () => {
      await store.open('k', 'ticket', MAX_LOAD);
      expect(await store.abandon('k', 'ticket')).to.equal('abandoned');
      await store.open('k', 'ticket', MAX_LOAD);
      await store.invalidate(['k']);
      expect(await store.abandon('k', 'ticket')).to.equal('refused');
    });

    it('tells one who asks how long its load took, its ttl, and until when it is fresh', async () => {
      for (const windows of [{ staleWhileRevalidate: 0 }, { staleWhileRevalidate: 30_000 }]) {
        const early = { loadTook: 7, ttl: 60_000, freshFor: 60_000 };
        await store.set('k', store.seal('value'), { lifetime: { ttl: 60_000, ...windows, early } });
        const entry = await store.read('k', { staleWindow: 'with stale window', tags: [], early: true });
        expect([entry?.early?.loadTook, entry?.early?.ttl]).to.deep.equal([7, 60_000]);
        expect((entry?.early?.freshUntil ?? 0) - performance.now()).to.be.within(59_000, 60_005);
      }
      await store.set('k', store.seal('value'), { lifetime: LONG });
      const plain = await store.read('k', { staleWindow: 'with stale window', tags: [], early: true });
      expect([plain?.value, plain?.early]).to.deep.equal(['value', undefined]);
    });

    it('updates as it fills: by an open ticket alone, and ends every other one', async () => {
      await store.open('k', 'reader', MAX_LOAD);
      await store.open('k', 'writer', MAX_LOAD, { tags: ['a'], mayGrow: true });
      expect(await store.update('k', 'writer', store.seal('new'), { lifetime: LONG, tags: ['a', 'b'] })).to.equal(
        'filled',
      );
      expect(await store.fill('k', 'reader', store.seal('old'), { lifetime: LONG })).to.equal('refused');
      expect(await store.update('k', 'writer', store.seal('again'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal('new');
      await store.invalidate([], ['b']);
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('refuses an update whose key, or tag, was invalidated after its ticket was opened', async () => {
      const open = (ticket: string) => store.open('k', ticket, MAX_LOAD, { tags: ['a'], mayGrow: false });
      await open('first');
      await store.invalidate(['k']);
      expect(await store.update('k', 'first', store.seal('old'), { lifetime: LONG, tags: ['a'] })).to.equal('refused');
      await open('second');
      await store.invalidate([], ['a']);
      expect(await store.update('k', 'second', store.seal('old'), { lifetime: LONG, tags: ['a'] })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('overwrites with `set`, and refuses the fills that were under way', async () => {
      await store.open('k', 'ticket', MAX_LOAD);
      await store.set('k', store.seal('set'), { lifetime: LONG });
      expect(await store.fill('k', 'ticket', store.seal('loaded'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal('set');
    });

    it('invalidates several keys and no others', async () => {
      for (const key of ['a', 'b', 'c']) await load(key, key);
      await store.invalidate(['a', 'b', 'not there']);
      expect([await valueOf('a'), await valueOf('b'), await valueOf('c')]).to.deep.equal([undefined, undefined, 'c']);
    });

    it('clears every entry and refuses every fill that was under way', async () => {
      await load('stored', 'value');
      await store.open('loading', 'ticket', MAX_LOAD);
      await store.clear();
      expect(await valueOf('stored')).to.equal(undefined);
      expect(await store.fill('loading', 'ticket', store.seal('old'), { lifetime: LONG })).to.equal('refused');
    });

    it('takes any text as a key', async () => {
      const keys = ['a:b', 'a', 'ä ö', 'x'.repeat(512), '*', '[a-z]?', 'quote\'"\\', 'line\u2028', '%7B'];
      for (const key of keys) await load(key, key);
      for (const key of keys) expect(await valueOf(key), key).to.equal(key);
    });

    it('keeps what one caller does to a value from the next one', async () => {
      const original = { list: [1], at: new Date(0), map: new Map([['a', 1]]) };
      await load('k', original, 't');
      const first = (await valueOf('k')) as typeof original;
      spoil(first);
      spoil(original);
      expect(await valueOf('k')).to.deep.equal({ list: [1], at: new Date(0), map: new Map([['a', 1]]) });
    });

    it('gives each of several callers of one load a copy that the others cannot reach', () => {
      const sealed = store.seal({ list: [1], at: new Date(0), map: new Map([['a', 1]]) });
      spoil(sealed.copy() as { list: number[]; at: Date; map: Map<string, number> });
      expect(sealed.copy()).to.deep.equal({ list: [1], at: new Date(0), map: new Map([['a', 1]]) });
    });

    describeInspectionContract(() => store);
    describeTagContract(() => store);

    it('frees the lock of a key that is invalidated', async () => {
      const terms = { lease: 2_000, atMost: 10_000, onLost: () => undefined };
      const old = await store.lock?.acquire('k', terms);
      await store.invalidate(['k']);
      const next = await store.lock?.acquire('k', terms);
      await old?.release();
      const third = await store.lock?.acquire('k', terms);
      await next?.release();
      expect(next === undefined).to.equal(store.lock === undefined);
      expect(third).to.equal(undefined);
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Tries to change all that can be changed; frozen parts refuse, which is as good. */
function spoil(value: { list: number[]; at: Date; map: Map<string, number> }): void {
  for (const change of [() => value.list.push(2), () => value.at.setTime(1), () => value.map.set('b', 2)]) {
    try {
      change();
    } catch (error) {
      expect(error).to.be.instanceOf(TypeError);
    }
  }
}
