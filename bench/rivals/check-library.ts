import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import type { Library, Medium, Service, ServiceOver, Terms } from '../libraries/library.js';
import { makeDocument } from '../values/document.js';

/** Checks one library in all its media, in a process that must end by itself. Prints a line for each medium. */

const name = process.argv[2]!;
const { library } = (await import(`./${name}.js`)) as { library: Library };

/** In milliseconds. */
const SLOW_LOAD = 200;
const BUS_DELAY = 200;
const MEDIA: readonly Medium[] = ['memory', 'redis', 'tiers'];
const WITHOUT_BUS = ['cache-manager'];

/** Makes values and counts how often. */
class Source {
  readonly #loads = new Map<number, number>();
  readonly #make: (id: number, version: number) => object;
  readonly #milliseconds: number;

  constructor(make: (id: number, version: number) => object = makeUser, milliseconds = 0) {
    this.#make = make;
    this.#milliseconds = milliseconds;
  }

  readonly load = async (id: number): Promise<unknown> => {
    const version = this.loads(id) + 1;
    this.#loads.set(id, version);
    await pause(this.#milliseconds);
    return this.#make(id, version);
  };

  loads(id: number): number {
    return this.#loads.get(id) ?? 0;
  }
}

const makeUser = (id: number, version: number) => ({ id, name: `user ${id}`, version });

let services = 0;

/** The terms of a check; no two checks meet in Redis. */
function termsOf(source: Source, more: Partial<Terms> = {}): Terms {
  services += 1;
  const prefix = `check:${name}:${services}:`;
  return { load: source.load, ttl: 60, staleWhileRevalidate: 0, maxEntries: 1_000, prefix, ...more };
}

async function using<T>(over: ServiceOver, terms: Terms, run: (service: Service) => Promise<T>): Promise<T> {
  const service = await over(terms);
  try {
    return await run(service);
  } finally {
    await service.close();
  }
}

/** Throws when it fails; what it returns is told in the line of its medium. */
type Check = (over: ServiceOver, medium: Medium) => Promise<string | undefined>;

const CHECKS: readonly Check[] = [
  async function hits(over) {
    for (const make of [makeUser, makeDocument]) {
      const source = new Source(make);
      await using(over, termsOf(source), async ({ find }) => {
        for (let call = 1; call <= 3; call += 1) deepStrictEqual(await find(7), make(7, 1));
        strictEqual(source.loads(7), 1);
      });
    }
    return undefined;
  },

  async function isShared(over, medium) {
    if (medium === 'memory') return undefined;
    const source = new Source();
    const terms = termsOf(source);
    await using(over, terms, ({ find }) => find(7));
    await using(over, terms, async ({ find }) => {
      // The later ones from a copy of what Redis had.
      for (let call = 1; call <= 3; call += 1) deepStrictEqual(await find(7), makeUser(7, 1));
      strictEqual(source.loads(7), 1, 'a second service of the same Redis loads');
    });
    return undefined;
  },

  async function loadsOfAColdId(over) {
    const source = new Source(makeUser, SLOW_LOAD);
    await using(over, termsOf(source), async ({ find }) => {
      const values = await Promise.all(Array.from({ length: 10 }, () => find(7)));
      for (const value of values) strictEqual((value as { id: number }).id, 7);
    });
    return `10 finds of a cold id: ${source.loads(7)} ${source.loads(7) === 1 ? 'load' : 'loads'}`;
  },

  async function invalidates(over) {
    const source = new Source();
    await using(over, termsOf(source), async ({ find, invalidate }) => {
      for (const id of [0, 7]) {
        await find(id);
        await find(8);
        await invalidate(id);
        deepStrictEqual(await find(id), makeUser(id, 2));
        deepStrictEqual(await find(8), makeUser(8, 1), `invalidating ${id} invalidates another id`);
      }
    });
    return undefined;
  },

  async function expires(over) {
    const source = new Source();
    await using(over, termsOf(source, { ttl: 3 }), async ({ find }) => {
      await find(7);
      await pause(500);
      deepStrictEqual(await find(7), makeUser(7, 1), 'expires too early');
      await pause(3_000);
      deepStrictEqual(await find(7), makeUser(7, 2), 'expires too late');
    });
    return undefined;
  },

  async function servesStale(over) {
    if (!library.servesStale) return 'never stale';
    const source = new Source(makeUser, SLOW_LOAD);
    await using(over, termsOf(source, { ttl: 1, staleWhileRevalidate: 10 }), async ({ find }) => {
      await find(7);
      await pause(1_200);
      const start = performance.now();
      deepStrictEqual(await find(7), makeUser(7, 1));
      ok(performance.now() - start < SLOW_LOAD / 2, 'waits for the refresh');
      await pause(2 * SLOW_LOAD);
      deepStrictEqual(await find(7), makeUser(7, 2), 'no refresh');
      strictEqual(source.loads(7), 2);
    });
    return 'stale at once, then refreshed';
  },

  async function invalidatesTags(over) {
    if (!library.knowsTags) return 'no tags';
    const source = new Source();
    await using(over, termsOf(source, { tag: 'team' }), async (service) => {
      for (const id of [7, 8, 7, 8]) deepStrictEqual(await service.find(id), makeUser(id, 1));
      await pause(5);
      await service.invalidateTag!();
      for (const id of [7, 8]) deepStrictEqual(await service.find(id), makeUser(id, 2));
      await service.invalidate(7);
      deepStrictEqual(await service.find(7), makeUser(7, 3));
    });
    return 'tags';
  },

  async function findsMany(over) {
    const source = new Source();
    return using(over, termsOf(source), async ({ find, findMany }) => {
      if (findMany === undefined) return 'no lists';
      await find(2);
      for (let call = 1; call <= 2; call += 1) {
        deepStrictEqual(await findMany([3, 1, 2]), [makeUser(3, 1), makeUser(1, 1), makeUser(2, 1)]);
      }
      await find(3);
      for (const id of [1, 2, 3]) strictEqual(source.loads(id), 1);
      return 'lists';
    });
  },

  async function isBounded(over, medium) {
    if (medium !== 'memory') return undefined;
    const source = new Source();
    await using(over, termsOf(source, { maxEntries: 10 }), async ({ find }) => {
      for (let id = 1; id <= 100; id += 1) await find(id);
      await find(100);
      strictEqual(source.loads(100), 1);
      await find(1);
      strictEqual(source.loads(1), 2, 'keeps more entries than it may');
    });
    return undefined;
  },

  async function passesErrors(over) {
    let loads = 0;
    const load = async (id: number) => {
      loads += 1;
      if (loads === 1) throw new Error('the load failed');
      return makeUser(id, loads);
    };
    // layered-loader writes the error to the console as well.
    await using(over, { ...termsOf(new Source()), load }, async ({ find }) => {
      await rejects(async () => find(7));
      deepStrictEqual(await find(7), makeUser(7, 2));
    });
    return undefined;
  },

  async function copiesValues(over, medium) {
    if (medium === 'redis') return undefined;
    const source = new Source();
    return using(over, termsOf(source), async ({ find }) => {
      await find(7);
      return (await find(7)) === (await find(7)) ? 'values shared' : 'values copied';
    });
  },

  async function tellsOthers(over, medium) {
    if (medium !== 'tiers') return undefined;
    const source = new Source();
    const terms = termsOf(source);
    return using(over, terms, (here) =>
      using(over, terms, async (there) => {
        await here.find(7);
        await pause(BUS_DELAY);
        await there.find(7);
        await pause(BUS_DELAY);
        await here.invalidate(7);
        await pause(BUS_DELAY);
        await there.find(7);
        if (WITHOUT_BUS.includes(name)) return 'no bus';
        strictEqual(source.loads(7), 2, 'another process still finds what is invalidated');
        return 'bus';
      }),
    );
  },
];

for (const medium of MEDIA) {
  const over = library.over[medium];
  if (over === undefined) {
    print(medium, 'not offered');
    continue;
  }
  const outcomes = await Promise.allSettled(CHECKS.map((check) => check(over, medium)));
  const notes = outcomes.map((outcome, index) =>
    outcome.status === 'fulfilled' ? outcome.value : `WRONG in ${CHECKS[index]!.name}: ${messageOf(outcome.reason)}`,
  );
  print(medium, notes.filter((note) => note !== undefined).join(' · '));
  if (outcomes.some(({ status }) => status === 'rejected')) process.exitCode = 1;
}

function print(medium: Medium, text: string): void {
  console.log(`${name.padEnd(20)}${medium.padEnd(8)}${text}`);
}

function messageOf(reason: unknown): string {
  return String(reason instanceof Error ? reason.message : reason).replace(/\s+/gu, ' ');
}
