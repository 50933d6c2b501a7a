import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import fc from 'fast-check';
import {
  createCache,
  key,
  MemoryStore,
  TieredStore,
  type AbandonResult,
  type Cache,
  type CacheKey,
  type CachePolicyOptions,
  type Entry,
  type Expected,
  type FillResult,
  type FillTerms,
  type Invalidated,
  type InvalidatedNames,
  type LivingEntry,
  type SealedValue,
  type Store,
  type Tagging,
} from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { describeInOneDialect } from '../support/dialect.js';
import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { takingTurns, type Turn } from '../support/taking-turns.js';

const RUNS = 600;

type Policy = CachePolicyOptions<number, []>;

/** Keys by their tags: some are known before the load, some are told by its value, some both. */
interface Subject {
  readonly key: CacheKey;
  readonly policy: Policy;
  readonly tags: readonly string[];
}

const SUBJECTS: readonly Subject[] = [
  { key: key`known`, policy: { ttl: '1h', lock: false, tags: ['a'] }, tags: ['a'] },
  { key: key`late`, policy: { ttl: '1h', lock: false, tags: { fromValue: () => ['b', 'a'] } }, tags: ['a', 'b'] },
  {
    key: key`both`,
    policy: { ttl: '1h', lock: false, tags: { fromArgs: () => ['b'], fromValue: () => ['a'] } },
    tags: ['a', 'b'],
  },
];

type Target = { readonly key: CacheKey } | { readonly tag: string } | 'all';

/** What one of two processes does. */
interface Step {
  readonly process: 0 | 1;
  readonly does: { readonly read: Subject } | { readonly invalidate: Target };
}

const targets = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Target>({ tag: 'a' }, { tag: 'b' }) },
  { weight: 1, arbitrary: fc.constantFrom<Target>(...SUBJECTS.map((subject) => ({ key: subject.key }))) },
  { weight: 1, arbitrary: fc.constant<Target>('all') },
);

/** Copies of one key that two processes make, and nothing but tags: where a first tier goes wrong, it does so here soon. */
const promotions = fc.array(
  fc.record<Step>({
    process: fc.constantFrom<0 | 1>(0, 1),
    does: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ read: SUBJECTS[1] as Subject }) },
      { weight: 1, arbitrary: fc.constant({ invalidate: { tag: 'a' } }) },
    ),
  }),
  { minLength: 5, maxLength: 9 },
);

const programs = fc.array(
  fc.record<Step>({
    process: fc.constantFrom<0 | 1>(0, 0, 1),
    does: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...SUBJECTS).map((read) => ({ read })) },
      { weight: 2, arbitrary: targets.map((invalidate) => ({ invalidate })) },
    ),
  }),
  { minLength: 3, maxLength: 9 },
);

/** For each name: the version of the source that a call which begins now must get at least. */
class Floors {
  readonly #byName = new Map<string, number>();

  raise(target: Target, version: number): void {
    const name = nameOf(target);
    this.#byName.set(name, Math.max(this.#byName.get(name) ?? 0, version));
  }

  of({ key: { text }, tags }: Subject): number {
    const names = ['all', `key ${text}`, ...tags.map((tag) => `tag ${tag}`)];
    return Math.max(...names.map((name) => this.#byName.get(name) ?? 0));
  }
}

function targetsOf({ keys, tags }: InvalidatedNames): Target[] {
  const ofKeys = SUBJECTS.filter((subject) => keys.includes(subject.key.text));
  return [...ofKeys.map((subject) => ({ key: subject.key })), ...tags.map((tag) => ({ tag }))];
}

function nameOf(target: Target): string {
  if (target === 'all') return target;
  return 'tag' in target ? `tag ${target.tag}` : `key ${target.key.text}`;
}

function apply(cache: Cache, target: Target): Promise<unknown> {
  if (target === 'all') return cache.clear();
  return 'tag' in target ? cache.invalidateTags(target.tag) : cache.invalidate(target.key);
}

/** The source, a counter that each write raises; and what was wrong, if anything. */
class World {
  version = 0;
  readonly wrong: string[] = [];

  async act(step: Step, cache: Cache, floors: Floors, turn: Turn, tell: Floors | undefined): Promise<void> {
    if ('read' in step.does) await this.read(step.does.read, cache, floors, turn);
    else await this.#write(step.does.invalidate, cache, [floors, ...(tell === undefined ? [] : [tell])]);
  }

  async read(subject: Subject, cache: Cache, floors: Floors, turn: Turn): Promise<void> {
    const floor = floors.of(subject);
    const load = async (): Promise<number> => {
      await turn('query sent');
      const { version } = this;
      await turn('query answered');
      return version;
    };
    const version = await cache.getOrLoad(subject.key, load, subject.policy);
    if (version < floor) this.wrong.push(`${subject.key.text}: version ${version} after an invalidation at ${floor}`);
  }

  async #write(target: Target, cache: Cache, floors: readonly Floors[]): Promise<void> {
    this.version += 1;
    const written = this.version;
    await apply(cache, target);
    for (const each of floors) each.raise(target, written);
  }

  /** What is stored once all is quiet. */
  async expectNoneLeftBehind(cache: Cache, floors: Floors): Promise<void> {
    for (const subject of SUBJECTS) {
      const left = await cache.get<number>(subject.key);
      if (left !== undefined && left < floors.of(subject)) {
        this.wrong.push(`${subject.key.text}: version ${left} stayed, ${floors.of(subject)} is the least`);
      }
    }
  }
}

/** Tickets are minded, and tags are stored; but whether one was invalidated during a load is not looked at. */
class UncheckedTags extends MemoryStore {
  override open(name: string, ticket: string, maxLoad: number): Entry | undefined {
    return super.open(name, ticket, maxLoad);
  }

  override fill(name: string, ticket: string, value: SealedValue, terms: FillTerms): FillResult {
    if (super.abandon(name, ticket) === 'refused') return 'refused';
    super.set(name, value, terms);
    return 'filled';
  }
}

async function play(scheduler: fc.Scheduler, store: Store, steps: readonly Step[]): Promise<string | undefined> {
  const turn: Turn = (label) => scheduler.schedule(Promise.resolve(), label);
  const caches = [0, 1].map(() => createCache({ store: takingTurns(store, turn) })) as [Cache, Cache];
  const [world, floors] = [new World(), new Floors()];
  const acting = steps.map(async (step) => {
    await turn('step');
    await world.act(step, caches[step.process], floors, turn, undefined);
  });
  await scheduler.waitFor(Promise.all(acting));
  await scheduler.waitIdle();
  await world.expectNoneLeftBehind(createCache({ store }), floors);
  return world.wrong[0];
}

/** Announcements take their turns, and tell what whoever has got one must know from then on. */
class ScheduledMedium extends SharedMedium {
  override readonly entries: MemoryStore;
  /** What a process knows once an announcement has reached it. */
  readonly known: [Floors, Floors] = [new Floors(), new Floors()];
  readonly members: SharedMemoryStore[] = [];
  /** The version of the source when an invalidation was applied, by the list of its keys, which is made for it alone. */
  readonly #appliedAt = new WeakMap<readonly string[], number>();
  readonly #clearedAt: number[] = [];
  readonly #turn: Turn;

  constructor(entries: MemoryStore, world: World, turn: Turn) {
    super();
    this.entries = entries;
    this.immediate = false;
    this.#turn = turn;
    const [invalidate, clear] = [entries.invalidate.bind(entries), entries.clear.bind(entries)];
    entries.invalidate = (keys, tags) => {
      this.#appliedAt.set(keys, world.version);
      invalidate(keys, tags);
    };
    entries.clear = () => {
      this.#clearedAt.push(world.version);
      clear();
    };
  }

  override announce(from: SharedMemoryStore, what: Invalidated): void {
    super.announce(from, what);
    const version = what === 'all' ? this.#clearedAt.shift() : this.#appliedAt.get(what.keys);
    const other = this.known[from === this.members[0] ? 1 : 0];
    void this.#turn('message').then(() => {
      this.deliver();
      if (what === 'all') other.raise('all', version ?? 0);
      else for (const target of targetsOf(what)) other.raise(target, version ?? 0);
    });
  }
}

class ScheduledShared extends SharedMemoryStore {
  readonly #turn: Turn;

  constructor(medium: ScheduledMedium, turn: Turn) {
    super(medium);
    medium.members.push(this);
    this.#turn = turn;
    Object.defineProperty(this, 'gate', { get: () => turn('answer') });
  }

  override async readLiving(name: string, expected?: Expected): Promise<LivingEntry | undefined> {
    await this.#turn('read sent');
    return super.readLiving(name, expected);
  }

  override async open(name: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    await this.#turn('open sent');
    return super.open(name, ticket, maxLoad, tagging);
  }

  override async fill(name: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    await this.#turn('fill sent');
    return super.fill(name, ticket, value, terms);
  }

  override async abandon(name: string, ticket: string): Promise<AbandonResult> {
    await this.#turn('abandon sent');
    return super.abandon(name, ticket);
  }
}

interface Tiers {
  readonly l1: () => MemoryStore;
  readonly l2: MemoryStore;
}

async function playInTiers(scheduler: fc.Scheduler, tiers: Tiers, steps: readonly Step[]): Promise<string | undefined> {
  const turn: Turn = (label) => scheduler.schedule(Promise.resolve(), label);
  const world = new World();
  const medium = new ScheduledMedium(tiers.l2, world, turn);
  const caches = [0, 1].map(() => {
    const l2 = new ScheduledShared(medium, turn);
    return createCache({ store: new TieredStore({ l1: tiers.l1(), l2 }) });
  }) as [Cache, Cache];
  const applied = new Floors();
  const acting = steps.map(async (step) => {
    await turn('step');
    await world.act(step, caches[step.process], medium.known[step.process], turn, applied);
  });
  await scheduler.waitFor(Promise.all(acting));
  await scheduler.waitIdle();
  // All messages have arrived: from now on each process must know what any of them has invalidated.
  const looking = Promise.all(caches.map((cache) => world.expectNoneLeftBehind(cache, applied)));
  await scheduler.waitFor(looking);
  await scheduler.waitIdle();
  return world.wrong[0];
}

type Run = (scheduler: fc.Scheduler, steps: readonly Step[]) => Promise<string | undefined>;

async function expectNeverWrong(run: Run): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), fc.oneof(programs, promotions), async (scheduler, steps) => {
    expect(await run(scheduler, steps)).to.equal(undefined);
  });
  await fc.assert(property, { numRuns: RUNS });
}

async function expectWrongSomewhere(run: Run, among = programs): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), among, async (scheduler, steps) => {
    expect(await run(scheduler, steps)).to.equal(undefined);
  });
  const details = await fc.check(property, { numRuns: 10 * RUNS, endOnFailure: true });
  expect(details.failed).to.equal(true);
}

describeInOneDialect('Whatever the order in which stores, sources and messages answer, with tags', function () {
  this.slow(10_000);

  it('no call over one store gets a value from before an invalidation that was applied before it, and none stays behind', () =>
    expectNeverWrong((scheduler, steps) => play(scheduler, new MemoryStore(), steps)));

  it('but where a store does not check tags when it fills, there is an order that leaves an old value behind', () =>
    expectWrongSomewhere((scheduler, steps) => play(scheduler, new UncheckedTags(), steps)));

  it('no call over two tiers gets a value from before an invalidation of its process, or one that it was told of', () => {
    const tiers = (): Tiers => ({ l1: () => new MemoryStore(), l2: new MemoryStore({ isolation: 'clone' }) });
    return expectNeverWrong((scheduler, steps) => playInTiers(scheduler, tiers(), steps));
  });

  it('but where the second tier does not check tags, there is an order that does', () => {
    const tiers = (): Tiers => ({ l1: () => new MemoryStore(), l2: new UncheckedTags({ isolation: 'clone' }) });
    return expectWrongSomewhere((scheduler, steps) => playInTiers(scheduler, tiers(), steps));
  });

  it('and where the first tier does not, there is one too', () => {
    const tiers = (): Tiers => ({ l1: () => new UncheckedTags(), l2: new MemoryStore({ isolation: 'clone' }) });
    return expectWrongSomewhere((scheduler, steps) => playInTiers(scheduler, tiers(), steps), promotions);
  });
});

/** The control: its fills name their tags only to be found by later invalidations. */
class UncheckedRedisStore extends RedisStore {
  override async fill(name: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    if ((await this.abandon(name, ticket)) === 'refused') return 'refused';
    await this.set(name, value, terms);
    return 'filled';
  }

  override open(name: string, ticket: string, maxLoad: number): Promise<Entry | undefined> {
    return super.open(name, ticket, maxLoad);
  }
}

describeInOneDialect('Two processes over Redis, with tags, at random', function () {
  this.slow(20_000);

  /** Each process does a step of a random program at a time, many of them at once. */
  async function run(Class: typeof RedisStore, rounds: number): Promise<readonly string[]> {
    const prefix = uniquePrefix();
    const clients = await Promise.all([sharedRedis(), sharedRedis()]);
    const caches = clients.map((client) => createCache({ store: new Class({ client, prefix }) })) as [Cache, Cache];
    const [world, floors] = [new World(), new Floors()];
    const turn: Turn = async () => {
      if (Math.random() < 0.5) await pause(Math.random() * 4);
    };
    // No `clear`: it scans the whole server, and ends all that a race could be about.
    const steps = fc
      .sample(programs, rounds)
      .flat()
      .filter(({ does }) => !('invalidate' in does && does.invalidate === 'all'));
    const act = async (): Promise<void> => {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        await world.act(step, caches[step.process], floors, turn, undefined);
      }
    };
    await Promise.all(Array.from({ length: 6 }, act));
    await Promise.all(caches.map((cache) => cache.close()));
    const [client] = clients;
    await world.expectNoneLeftBehind(createCache({ store: new RedisStore({ client, prefix }) }), floors);
    closeRedis(...clients);
    return world.wrong;
  }

  it('no call gets a value from before an invalidation that was applied before it', async () => {
    expect(await run(RedisStore, 600)).to.deep.equal([]);
  });

  it('but without a check of tags some do', async () => {
    expect(await run(UncheckedRedisStore, 600)).not.to.deep.equal([]);
  });
});
