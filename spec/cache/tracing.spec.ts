import { once } from 'node:events';

import { expect } from 'chai';
import {
  createCache,
  key,
  MemoryStore,
  withCacheBypassed,
  type Cache,
  type CacheOptions,
  type TracedWork,
  type Tracing,
} from 'freshkeep';

import { ControlledLoads } from '../support/controlled-loads.js';
import { Deferred, settle } from '../support/deferred.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';

const MINUTE = { ttl: '1m' } as const;

/** Writes down what it is told, and what became of it. */
class Notes implements Tracing {
  readonly works: TracedWork[] = [];
  readonly endings: string[] = [];

  trace<T>(work: TracedWork, run: () => T): T {
    this.works.push(work);
    const outcome = run();
    const note = (how: string) => () => this.endings.push(`${work.kind} ${how}`);
    if (outcome instanceof Promise) outcome.then(note('resolved'), note('rejected'));
    return outcome;
  }

  get kinds(): string[] {
    return this.works.map(({ kind, operation, waitsFor }) =>
      [kind, operation ?? waitsFor].filter((word) => word !== undefined).join(' '),
    );
  }
}

describe('A tracing', () => {
  let notes: Notes;
  let caches: Cache[];

  beforeEach(() => {
    notes = new Notes();
    caches = [];
  });

  afterEach(() => Promise.all(caches.map((cache) => cache.close())));

  function cacheWith(options: Partial<CacheOptions> = {}): Cache {
    const cache = createCache({ store: new MemoryStore(), name: 'users', tracing: notes, ...options });
    caches.push(cache);
    return cache;
  }

  it('is told of each load before it begins, with its cache, key and pattern, and of nothing where a value is found in memory', async () => {
    const find = cacheWith().wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (const id of [7, 7, 7]) await find(id);
    const about = { cache: 'users', key: 'user:7', pattern: 'user:{}', background: false };
    expect(notes.works.map((work) => ({ ...work, loads: undefined }))).to.deep.equal([
      { kind: 'load', ...about, loads: undefined },
    ]);
    expect(notes.endings).to.deep.equal(['load resolved']);
  });

  it('is told of calls that wait for a load in this process, and which one that is', async () => {
    const loads = new ControlledLoads();
    const find = cacheWith().wrap(loads.load, { key: 'user', ...MINUTE });
    const answers = [find(), find(), find()];
    (await loads.begun(0)).resolve('a');
    await Promise.all(answers);
    expect(notes.kinds.sort()).to.deep.equal(['load', 'wait load here', 'wait load here']);
    expect(new Set(notes.works.flatMap((work) => work.loads)).size).to.equal(1);
    expect(notes.works[0]?.loads?.[0]).to.be.an('object');
  });

  it('is told of loads that wait for their turn', async () => {
    const loads = new ControlledLoads();
    const cache = cacheWith({ maxConcurrentLoads: 1 });
    const answers = [1, 2].map((id) => cache.getOrLoad(key`user:${id}`, loads.load, MINUTE));
    (await loads.begun(0)).resolve('a');
    (await loads.begun(1)).resolve('b');
    await Promise.all(answers);
    // The second one waits before the first one's method is called.
    expect(notes.kinds).to.deep.equal(['wait turn', 'load', 'load']);
  });

  it('is told of refreshes in the background, with the load in them', async () => {
    const cache = cacheWith();
    const find = cache.wrap(async () => 1, { key: 'user', ttl: '1ms', staleWhileRevalidate: '1m' });
    await find();
    await new Promise((resolve) => setTimeout(resolve, 5));
    notes.works.length = 0;
    await find();
    await settle();
    expect(notes.kinds).to.deep.equal(['refresh', 'load']);
    expect(notes.works.map(({ background }) => background)).to.deep.equal([true, true]);
  });

  it('is told of many keys that are loaded together as of one load', async () => {
    const find = cacheWith().wrapMany(async (ids: number[]) => new Map(ids.map((id) => [id, id])), {
      key: (id: number) => key`user:${id}`,
      ...MINUTE,
    });
    await find([1, 2, 3]);
    await find([1, 2, 3, 4]);
    expect(notes.works.map(({ kind, pattern, keys }) => ({ kind, pattern, keys }))).to.deep.equal([
      { kind: 'load', pattern: 'user:{}', keys: 3 },
      { kind: 'load', pattern: 'user:{}', keys: 1 },
    ]);
  });

  it('is told of no call that the cache has no part in', async () => {
    const cache = cacheWith();
    const find = cache.wrap(async () => 1, { key: 'user', ...MINUTE });
    const findMany = cache.wrapMany(async (ids: number[]) => new Map(ids.map((id) => [id, id])), {
      key: (id: number) => key`many:${id}`,
      ...MINUTE,
    });
    await withCacheBypassed(() => Promise.all([find(), findMany([1, 2])]));
    expect(notes.works).to.deep.equal([]);
  });

  it('is told what a store outside this process is asked for, and by which key', async () => {
    const cache = cacheWith({ store: new SharedMemoryStore(new SharedMedium()) });
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    await find(7);
    await find(7);
    await cache.get(key`user:${7}`);
    await cache.set(key`user:${7}`, 8, MINUTE);
    await cache.invalidate(key`user:${7}`);
    await cache.invalidate(key`user:${7}`, key`user:${8}`);
    await cache.invalidateTags('a');
    await cache.clear();
    const told = notes.works.map(({ operation, key: text, pattern, keys, tags }) => [
      operation,
      text,
      pattern,
      keys,
      tags,
    ]);
    const one = ['user:7', 'user:{}', undefined, undefined];
    expect(told).to.deep.equal([
      ['read', ...one],
      ['open', ...one],
      [undefined, ...one],
      ['fill', ...one],
      ['read', ...one],
      ['read', ...one],
      ['set', 'user:7', undefined, 1, 0],
      ['invalidate', 'user:7', undefined, 1, 0],
      ['invalidate', undefined, undefined, 2, 0],
      ['invalidate', undefined, undefined, 0, 1],
      ['clear', undefined, undefined, undefined, undefined],
    ]);
  });

  it('is told that a load has failed, whose own error reaches the caller', async () => {
    const error = new Error('database');
    const find = cacheWith().wrap(async () => Promise.reject(error), { key: 'user', ...MINUTE });
    const thrown = await find().catch((reason: unknown) => reason);
    expect(thrown).to.equal(error);
    expect(notes.endings).to.deep.equal(['load rejected']);
  });

  describe('disturbs no call', () => {
    const answer = { id: 1 };
    const failure = new Error('database');
    const faults: readonly (readonly [title: string, trace: (run: () => unknown) => unknown])[] = [
      [
        'where it throws before the work',
        () => {
          throw new Error('tracing');
        },
      ],
      [
        'where it throws after the work has begun',
        (run) => {
          run();
          throw new Error('tracing');
        },
      ],
      ['where its promise rejects', async () => Promise.reject(new Error('tracing'))],
      [
        'where its promise rejects after the work',
        async (run) => {
          await Promise.resolve(run()).catch(() => undefined);
          throw new Error('tracing');
        },
      ],
    ];

    for (const [index, [title, trace]] of faults.entries()) {
      it(`${title}, and the process is warned`, async () => {
        const name = `failing-${index}`;
        const warned = once(process, 'warning');
        const cache = cacheWith({ name, tracing: { trace: ((_, run) => trace(run)) as Tracing['trace'] } });
        let loads = 0;
        const find = cache.wrap(
          async (fails: boolean) => {
            loads += 1;
            if (fails) throw failure;
            return answer;
          },
          { key: 'user:{0}', ...MINUTE },
        );
        expect(await find(false)).to.deep.equal(answer);
        expect(await find(true).catch((error: unknown) => error)).to.equal(failure);
        expect(loads).to.equal(2);
        const [warning] = (await warned) as [Error & { code: string }];
        expect(warning).to.include({ code: 'FRESHKEEP_TRACING_FAILED', name: 'FreshkeepWarning' });
        expect(warning.message).to.equal(`${name}: \`tracing\` failed: Error: tracing`);
      });
    }

    it('where it does not do the work, does it twice, or makes another answer of it', async () => {
      let loads = 0;
      const traces: readonly ((run: () => unknown) => unknown)[] = [
        () => undefined,
        (run) => [run(), run()],
        (run) => setImmediate(run),
        async (run) => [await run()],
      ];
      for (const trace of traces) {
        const cache = cacheWith({ tracing: { trace: ((_, run) => trace(run)) as Tracing['trace'] } });
        const load = async () => {
          loads += 1;
          return answer;
        };
        expect(await cache.getOrLoad(key`user`, load, MINUTE)).to.deep.equal(answer);
      }
      await new Promise((resolve) => setImmediate(resolve));
      expect(loads).to.equal(traces.length);
    });

    it('whose error it rejects with, without a warning or a rejection that nobody handles', async () => {
      const warnings: unknown[] = [];
      const note = (warning: unknown) => warnings.push(warning);
      process.on('warning', note).on('unhandledRejection', note);
      const trace = async (_: TracedWork, run: () => unknown): Promise<unknown> => await run();
      const cache = cacheWith({ name: 'own-error', tracing: { trace: trace as Tracing['trace'] } });
      const thrown = await cache
        .getOrLoad(key`user`, () => Promise.reject(failure), MINUTE)
        .catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 10));
      process.off('warning', note).off('unhandledRejection', note);
      expect([thrown, warnings]).to.deep.equal([failure, []]);
    });

    it('that returns a query, which begins whenever somebody asks for its end', async () => {
      let queries = 0;
      const query = {
        then: (resolve: (value: unknown) => void) => {
          queries += 1;
          resolve('row');
        },
      };
      const value = await cacheWith().getOrLoad(key`user`, () => query as unknown as Promise<string>, MINUTE);
      expect([value, queries]).to.deep.equal(['row', 1]);
    });
  });

  it('is told nothing of a value', async () => {
    const done = new Deferred<string>();
    const cache = cacheWith({ store: new SharedMemoryStore(new SharedMedium()) });
    const answers = [1, 1].map((id) => cache.getOrLoad(key`user:${id}`, () => done.promise, MINUTE));
    done.resolve('a secret');
    await Promise.all(answers);
    await cache.set(key`user:${1}`, 'a secret', MINUTE);
    const told = notes.works.map((work) => ({ ...work, loads: undefined }));
    expect(JSON.stringify(told)).to.include('user:1').and.not.to.include('secret');
  });
});
