import { expect } from 'chai';
import fc from 'fast-check';

import { EntryTable } from '../../lib/stores/entry-table.js';
import { entryOf, type KeptEntry } from '../../lib/stores/memory-entry.js';
import { LivingTag } from '../../lib/stores/memory-tags.js';
import { SharedValue } from '../../lib/stores/memory-value.js';
import { collectGarbage } from '../support/garbage.js';

const LONG = { ttl: 60_000, staleWhileRevalidate: 0 };
const DEAF = { evicted: () => undefined, seen: () => undefined };
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

function entry(value: unknown): KeptEntry {
  return entryOf(new SharedValue(value), LONG, []);
}

function tagged(value: unknown): KeptEntry {
  return entryOf(new SharedValue(value), LONG, [new LivingTag('tag')]);
}

interface Kept {
  readonly name: string;
  readonly value: unknown;
  readonly weight: number;
}

interface Bounds {
  readonly maxEntries: number;
  readonly maxWeight: number;
}

/** A list of what is kept, from the least recently used to the latest. */
class Model {
  readonly #bounds: Bounds;
  #kept: Kept[] = [];

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get values(): [string, unknown][] {
    return this.#kept.map(({ name, value }) => [name, value]);
  }

  get(name: string): unknown {
    const kept = this.#take(name);
    if (kept !== undefined) this.#kept.push(kept);
    return kept?.value;
  }

  set(name: string, value: unknown, weight: number): void {
    const { maxEntries, maxWeight } = this.#bounds;
    this.#take(name);
    if (weight > maxWeight) return;
    while (this.#weight > maxWeight - weight || this.#kept.length >= maxEntries) this.#kept.shift();
    this.#kept.push({ name, value, weight });
  }

  delete(name: string): void {
    this.#take(name);
  }

  clear(): void {
    this.#kept = [];
  }

  get #weight(): number {
    return this.#kept.reduce((sum, { weight }) => sum + weight, 0);
  }

  #take(name: string): Kept | undefined {
    const index = this.#kept.findIndex((other) => other.name === name);
    return index < 0 ? undefined : this.#kept.splice(index, 1)[0];
  }
}

type Step = readonly [
  action: 'get' | 'fresh' | 'set' | 'set tagged' | 'delete' | 'clear' | 'peek',
  name: string,
  weight: number,
];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('get', 'fresh', 'set', 'set', 'set', 'set tagged', 'delete', 'peek', 'peek', 'clear'),
    fc.constantFrom(...NAMES),
    fc.integer({ min: 1, max: 6 }),
  ),
  { minLength: 1, maxLength: 120 },
);

/** Values tell their weight in their first digit. */
function weigh({ kept }: KeptEntry): number {
  return Number(String(kept)[0]);
}

async function expectLikeModel(bounds: Bounds, program: readonly Step[]): Promise<void> {
  const weights = Number.isFinite(bounds.maxWeight) ? { max: bounds.maxWeight, of: weigh } : undefined;
  const table = new EntryTable({ maxEntries: bounds.maxEntries, weights, ...DEAF });
  const model = new Model(bounds);
  for (const [index, [action, name, weight]] of program.entries()) {
    const value = `${weight}: ${index}`;
    switch (action) {
      case 'get':
        expect(table.get(name, performance.now())?.value).to.equal(model.get(name));
        break;
      case 'fresh': {
        const found = table.fresh(name, performance.now());
        // What has tags is for `get` to give.
        expect(found === undefined ? table.get(name, performance.now())?.value : await found).to.equal(model.get(name));
        break;
      }
      case 'set':
      case 'set tagged':
        table.set(name, action === 'set' ? entry(value) : tagged(value));
        model.set(name, value, weight);
        break;
      case 'delete':
        table.delete(name);
        model.delete(name);
        break;
      case 'clear':
        table.clear();
        model.clear();
        break;
      case 'peek':
        break;
    }
    const kept = NAMES.flatMap((other) => {
      const found = table.peek(other);
      return found === undefined ? [] : [[other, found.value]];
    });
    expect(kept).to.have.deep.members(model.values);
    expect(table.size).to.equal(model.values.length);
  }
}

describe('An EntryTable', () => {
  for (const [title, bounds] of [
    ['by their number', { maxEntries: 4, maxWeight: Infinity }],
    ['to a single one', { maxEntries: 1, maxWeight: Infinity }],
    ['by their weight', { maxEntries: 100, maxWeight: 12 }],
    ['by both', { maxEntries: 3, maxWeight: 12 }],
  ] as const) {
    it(`that bounds its entries ${title} keeps those that were used last, whatever is done to it`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, (program) => expectLikeModel(bounds, program)),
        { numRuns: 300 },
      );
    });
  }

  it('gives a quick answer for what is fresh, shared and without tags alone', async () => {
    const table = new EntryTable({ maxEntries: 10, weights: undefined, ...DEAF });
    const now = performance.now();
    table.set('undefined', entry(undefined));
    table.set('tagged', tagged('value'));
    expect(await table.fresh('undefined', now)).to.equal(undefined);
    expect(table.fresh('undefined', now)).to.be.instanceOf(Promise);
    expect(table.fresh('undefined', now + 60_001)).to.equal(undefined);
    expect(table.fresh('tagged', now)).to.equal(undefined);
    expect(table.fresh('none', now)).to.equal(undefined);
    table.set('tagged', entry('other'));
    expect(await table.fresh('tagged', now)).to.equal('other');
    table.set('undefined', tagged('now with a tag'));
    expect(table.fresh('undefined', now)).to.equal(undefined);
  });

  it('tells of a key that is watched when it is called, from an instant on and once', async () => {
    const seen: string[] = [];
    const table = new EntryTable({ maxEntries: 10, weights: undefined, ...DEAF, seen: (key) => seen.push(key) });
    const now = performance.now();
    table.set('a', entry('value'));
    table.watch('a', now + 1_000);
    expect(await table.fresh('a', now + 999)).to.equal('value');
    expect(table.peek('a')?.staleAt).to.be.closeTo(now + 60_000, 100);
    expect(table.get('a', now + 1_000)?.staleAt).to.be.closeTo(now + 60_000, 100);
    expect(seen).to.deep.equal([]);
    for (let time = 0; time < 2; time += 1) expect(await table.fresh('a', now + 1_000)).to.equal('value');
    expect(seen).to.deep.equal(['a']);
    table.watch('a', now + 2_000);
    expect(table.fresh('a', now + 60_001), 'when it is stale').to.equal(undefined);
    expect(seen).to.deep.equal(['a']);
  });

  it('watches neither an entry that is not there, nor one that comes in the place of another', async () => {
    const seen: string[] = [];
    const table = new EntryTable({ maxEntries: 2, weights: undefined, ...DEAF, seen: (key) => seen.push(key) });
    const now = performance.now();
    table.watch('a', -Infinity);
    table.set('a', entry('value'));
    expect(await table.fresh('a', now)).to.equal('value');
    for (const replace of [
      () => undefined,
      () => {
        table.delete('a');
      },
      () => {
        table.clear();
      },
      () => {
        table.set('a', tagged('value'));
      },
    ]) {
      table.watch('a', -Infinity);
      replace();
      table.set('a', entry('next'));
      expect(await table.fresh('a', now)).to.equal('next');
    }
    expect(seen).to.deep.equal([]);
    table.set('tagged', tagged('value'));
    table.watch('tagged', now + 1);
    expect(table.get('tagged', now)?.value).to.equal('value');
  });

  it('says what a larger bound would have had, but of what was removed meanwhile', () => {
    const curveAfter = (between: (table: EntryTable) => void) => {
      const table = new EntryTable({ maxEntries: 2, weights: undefined, ...DEAF });
      table.set('a', entry('value'));
      for (let hit = 0; hit < 100; hit += 1) table.get('a', performance.now());
      table.set('b', entry('value'));
      table.set('c', entry('value'));
      between(table);
      table.set('a', entry('value'));
      return table.curve?.at(-1)?.hits;
    };
    expect(curveAfter(() => undefined)).to.equal(1.01);
    for (const remove of [
      (table: EntryTable) => {
        table.delete('a');
      },
      (table: EntryTable) => {
        table.clear();
      },
    ]) {
      expect(curveAfter(remove)).to.equal(1);
    }
  });

  it('says nothing of other bounds where weights are bounded too', () => {
    const table = new EntryTable({ maxEntries: 2, weights: { max: 10, of: () => 1 }, ...DEAF });
    table.set('a', entry('value'));
    for (let hit = 0; hit < 100; hit += 1) table.get('a', performance.now());
    expect(table.curve).to.equal(undefined);
  });

  it('tells who gives way to others, and not who is removed', () => {
    const evicted: string[] = [];
    const table = new EntryTable({ maxEntries: 2, weights: undefined, ...DEAF, evicted: (key) => evicted.push(key) });
    for (const name of ['a', 'b', 'c', 'c', 'd']) table.set(name, entry(name));
    table.delete('c');
    table.clear();
    expect(evicted).to.deep.equal(['a', 'b']);
  });

  it('keeps nothing alive of what has left it', async () => {
    const table = new EntryTable({ maxEntries: 2, weights: undefined, ...DEAF });
    const values = ['evicted', 'deleted', 'kept'].map((name) => {
      const value = { name };
      table.set(name, entry(value));
      return new WeakRef(value);
    });
    table.delete('deleted');
    await new Promise(setImmediate);
    collectGarbage();
    expect(values.map((value) => value.deref()?.name)).to.deep.equal([undefined, undefined, 'kept']);
  });

  it('takes 10,000 entries that come and go', () => {
    const table = new EntryTable({ maxEntries: 5_000, weights: undefined, ...DEAF });
    for (let round = 0; round < 3; round += 1) {
      for (let id = 0; id < 10_000; id += 1) table.set(`${id}`, entry(id));
      expect(table.size).to.equal(5_000);
      for (let id = 5_000; id < 10_000; id += 1) expect(table.peek(`${id}`)?.value).to.equal(id);
      for (let id = 0; id < 10_000; id += 2) table.delete(`${id}`);
      expect(table.size).to.equal(2_500);
    }
  });
});
