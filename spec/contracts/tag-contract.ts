import { expect } from 'chai';

import type { Lifetime, Store } from 'freshkeep';

const LONG: Lifetime = { ttl: 60_000, staleWhileRevalidate: 30_000 };
const MAX_LOAD = 10_000;

/** What every store must do with tags; part of the contract of stores. */
export function describeTagContract(storeNow: () => Store): void {
  describe('and tags', () => {
    let store: Store;
    let tickets = 0;

    beforeEach(() => {
      store = storeNow();
    });

    /** Opens a ticket, and fills with it once `meanwhile` has happened. */
    async function load(
      key: string,
      { known = [], late = [] }: { known?: readonly string[]; late?: readonly string[] },
      meanwhile?: () => unknown,
    ): Promise<string> {
      const ticket = `ticket ${(tickets += 1)}`;
      await store.open(key, ticket, MAX_LOAD, { tags: known, mayGrow: late.length > 0 });
      await meanwhile?.();
      return store.fill(key, ticket, store.seal(`value of ${key}`), { lifetime: LONG, tags: [...known, ...late] });
    }

    async function valueOf(key: string, tags: readonly string[] = []): Promise<unknown> {
      return (await store.read(key, { staleWindow: 'with stale window', tags }))?.value;
    }

    async function found(...keys: readonly string[]): Promise<string[]> {
      const values = await Promise.all(keys.map((key) => valueOf(key)));
      return keys.filter((_, index) => values[index] !== undefined);
    }

    it('gives an entry back with its tags, to those who expect all, some or none of them', async () => {
      expect(await load('k', { known: ['a', 'b'], late: ['c'] })).to.equal('filled');
      for (const tags of [[], ['a'], ['c'], ['c', 'b', 'a']]) {
        const entry = await store.read('k', { staleWindow: 'without stale window', tags });
        expect([entry?.value, [...(entry?.tags ?? [])].sort()]).to.deep.equal(['value of k', ['a', 'b', 'c']]);
      }
    });

    it('has nothing for one who expects a tag that the entry has not', async () => {
      await load('tagged', { known: ['a'] });
      await load('plain', {});
      expect(await valueOf('tagged', ['a', 'other'])).to.equal(undefined);
      expect(await valueOf('plain', ['a'])).to.equal(undefined);
      expect(await found('tagged', 'plain')).to.deep.equal(['tagged', 'plain']);
    });

    it('has no entry any more of which one tag was invalidated, and all others', async () => {
      await load('both', { known: ['a', 'b'] });
      await load('first', { known: ['a'] });
      await load('second', { late: ['b'] });
      await load('third', { known: ['c'] });
      await load('none', {});
      await store.invalidate([], ['b']);
      expect(await found('both', 'first', 'second', 'third', 'none')).to.deep.equal(['first', 'third', 'none']);
      await store.invalidate([], ['a', 'c']);
      expect(await found('both', 'first', 'second', 'third', 'none')).to.deep.equal(['none']);
    });

    it('invalidates keys and tags at once, and tells a tag from a key of the same name', async () => {
      await load('a', {});
      await load('k', { known: ['a'] });
      await load('other', { known: ['other'] });
      await store.invalidate([], ['a']);
      expect(await found('a', 'k', 'other')).to.deep.equal(['a', 'other']);
      await store.invalidate(['a'], ['other']);
      expect(await found('a', 'k', 'other')).to.deep.equal([]);
    });

    it('keeps what is filled after an invalidation, and loses that to the next one', async () => {
      for (let time = 1; time <= 3; time += 1) {
        expect(await load('known', { known: ['a'] })).to.equal('filled');
        expect(await load('late', { late: ['a'] })).to.equal('filled');
        expect(await found('known', 'late')).to.deep.equal(['known', 'late']);
        await store.invalidate([], ['a']);
        expect(await found('known', 'late')).to.deep.equal([]);
      }
    });

    for (const [title, tags] of [
      ['is known from the beginning', { known: ['a', 'b'] }],
      ['becomes known with the value', { known: ['b'], late: ['a'] }],
      ['becomes known with the value, among others', { late: ['c', 'a'] }],
    ] as const) {
      it(`refuses a fill when a tag was invalidated meanwhile that ${title}, whether it was in use before or not`, async () => {
        const invalidate = () => store.invalidate([], ['a']);
        expect(await load('first', tags, invalidate)).to.equal('refused');
        expect(await load('other', { known: ['a'], late: ['c'] })).to.equal('filled');
        expect(await load('second', tags, invalidate)).to.equal('refused');
        expect(await found('first', 'second')).to.deep.equal([]);
        expect(await load('first', tags)).to.equal('filled');
      });
    }

    it('refuses nothing for the sake of other tags that are in use', async () => {
      await load('other', { known: ['a', 'b', 'c'] });
      const invalidate = () => store.invalidate([], ['c']);
      expect(await load('k', { known: ['a'], late: ['b'] }, invalidate)).to.equal('filled');
      expect(await found('k')).to.deep.equal(['k']);
    });

    it('tells the fills before and after an invalidation of a tag apart', async () => {
      await store.open('k', 'before', MAX_LOAD, { tags: ['a'], mayGrow: false });
      await store.invalidate([], ['a']);
      await store.open('k', 'after', MAX_LOAD, { tags: ['a'], mayGrow: false });
      expect(await store.fill('k', 'before', store.seal('old'), { lifetime: LONG, tags: ['a'] })).to.equal('refused');
      expect(await store.fill('k', 'after', store.seal('new'), { lifetime: LONG, tags: ['a'] })).to.equal('filled');
      expect(await valueOf('k')).to.equal('new');
    });

    it('ends the ticket of a fill that a tag refused', async () => {
      await store.open('k', 'ticket', MAX_LOAD, { tags: ['a'], mayGrow: false });
      await store.invalidate([], ['a']);
      await store.fill('k', 'ticket', store.seal('old'), { lifetime: LONG, tags: ['a'] });
      expect(await store.fill('k', 'ticket', store.seal('old'), { lifetime: LONG })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('refuses tags under a ticket that was opened for none', async () => {
      await store.open('k', 'ticket', MAX_LOAD);
      expect(await store.fill('k', 'ticket', store.seal('value'), { lifetime: LONG, tags: ['a'] })).to.equal('refused');
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('opens a ticket with the entry that is there, whatever its tags, and with none of which a tag was invalidated', async () => {
      const open = (ticket: string) => store.open('k', ticket, MAX_LOAD, { tags: ['a'], mayGrow: true });
      await load('k', { known: ['a'], late: ['b'] });
      expect((await open('first'))?.value).to.equal('value of k');
      await store.invalidate([], ['b']);
      expect(await open('second')).to.equal(undefined);
    });

    it('opens a ticket with no entry that lacks a tag which is known', async () => {
      await load('k', { known: ['a'] });
      await load('plain', {});
      for (const key of ['k', 'plain']) {
        expect(await store.open(key, `lacking ${key}`, MAX_LOAD, { tags: ['a', 'b'], mayGrow: false })).to.equal(
          undefined,
        );
      }
    });

    it('tells with `abandon` whether a tag that is known was invalidated meanwhile', async () => {
      for (const [ticket, tag, outcome] of [
        ['first', 'a', 'refused'],
        ['second', 'c', 'abandoned'],
      ] as const) {
        await store.open('k', ticket, MAX_LOAD, { tags: ['a', 'b'], mayGrow: true });
        await store.invalidate([], [tag]);
        expect(await store.abandon('k', ticket)).to.equal(outcome);
        expect(await store.abandon('k', ticket)).to.equal('refused');
      }
    });

    it('stores tags with `set`, whatever was invalidated before', async () => {
      await store.invalidate([], ['a']);
      await store.set('k', store.seal('value'), { lifetime: LONG, tags: ['a', 'b'] });
      expect(await valueOf('k', ['b'])).to.equal('value');
      await store.invalidate([], ['b']);
      expect(await valueOf('k')).to.equal(undefined);
    });

    it('loses the tags of an entry that is overwritten', async () => {
      await load('k', { known: ['a'] });
      await load('k', { known: ['b'] });
      await store.invalidate([], ['a']);
      expect(await valueOf('k', ['b'])).to.equal('value of k');
      await store.set('k', store.seal('plain'), { lifetime: LONG });
      await store.invalidate([], ['b']);
      expect(await valueOf('k')).to.equal('plain');
    });

    it('takes any text as a tag', async () => {
      const texts = ['a:b', 'ä ö', 'x'.repeat(256), '*', '{a}', 'quote\'"\\', 'line\nbreak', '\ud83d\ude00', '\ud83d'];
      for (const [index, tag] of texts.entries()) await load(`k${index}`, { known: [tag], late: [`${tag}'`] });
      for (const [index, tag] of texts.entries()) {
        expect(await valueOf(`k${index}`, [tag, `${tag}'`]), tag).to.equal(`value of k${index}`);
        await store.invalidate([], [index % 2 === 0 ? tag : `${tag}'`]);
        expect(await valueOf(`k${index}`), tag).to.equal(undefined);
      }
    });

    it('answers many reads at a time, each by its own tags', async () => {
      const ids = Array.from({ length: 120 }, (_, id) => id);
      await Promise.all(ids.map((id) => load(`k${id}`, { known: [`of ${id % 7}`], late: [`is ${id}`] })));
      await store.invalidate([], ['of 3', 'is 5', 'is 64']);
      const left = ids.filter((id) => id % 7 !== 3 && id !== 5 && id !== 64);
      const wanting = (id: number) => (id % 2 === 0 ? [`of ${id % 7}`] : []);
      const values = await Promise.all(ids.map((id) => valueOf(`k${id}`, wanting(id))));
      expect(ids.filter((id) => values[id] === `value of k${id}`)).to.deep.equal(left);
      expect(values.filter((value) => value !== undefined).length).to.equal(left.length);
    });

    it('forgets all with `clear`, and refuses what was under way', async () => {
      await load('k', { known: ['a'] });
      expect(await load('late', { late: ['a'] }, () => store.clear())).to.equal('refused');
      expect(await found('k', 'late')).to.deep.equal([]);
      expect(await load('k', { known: ['a'] })).to.equal('filled');
      expect(await found('k')).to.deep.equal(['k']);
    });
  });
}
