import { deferInvalidations, key, UpdatesCache, withCacheRefreshed, type Cache, type CacheKey } from 'freshkeep';

import type { Turn } from '../support/taking-turns.js';
import type { Defer } from './player.js';
import { RaceLedger } from './race-ledger.js';
import { RaceSource, RaceTransaction } from './race-source.js';
import {
  RACE_IDS,
  type Race,
  type RaceAct,
  type RaceId,
  type RaceRead,
  type RaceWrite,
  type Transaction,
} from './race-steps.js';
import { SOURCE_FAILED } from './source.js';

export interface RunningOptions {
  /** By place. */
  readonly caches: readonly [Cache, Cache, Cache];
  readonly turn: Turn;
  readonly pass: () => unknown;
  /** Keeps its entries apart from those of other races. */
  readonly name: string;
  readonly defer?: Defer | undefined;
}

/** One race: its steps take turns. */
export class Running {
  readonly ledger = new RaceLedger();
  readonly #race: Race;
  readonly #options: RunningOptions;
  readonly #source: RaceSource;

  constructor(race: Race, options: RunningOptions) {
    this.#race = race;
    this.#options = options;
    this.#source = new RaceSource(options.turn);
  }

  async run(): Promise<void> {
    const acting = this.#race.steps.map(async ({ place, after, act }) => {
      for (let turns = 0; turns <= after; turns += 1) await this.#options.turn('step');
      await this.#act(act, this.#options.caches[place]);
    });
    await Promise.all(acting);
  }

  async checkLeft(cache: Cache): Promise<void> {
    for (const id of RACE_IDS) {
      const left = await cache.get<number>(this.#keyOf(id));
      if (left !== undefined) this.ledger.checkLeft(id, left);
    }
  }

  readonly #keyOf = (id: RaceId): CacheKey => key`${this.#options.name}:${id}`;

  readonly #tagOf = (id: RaceId): string => `${this.#options.name} ${id}`;

  async #act(act: RaceAct, cache: Cache): Promise<void> {
    switch (act.does) {
      case 'pass':
        this.#options.pass();
        break;
      case 'defer':
        await this.#transact(act, cache);
        break;
      case 'write': {
        const version = await this.#write(act, cache);
        if (version !== undefined && act.by !== 'nothing') this.ledger.applied(act.id, version);
        break;
      }
      default:
        await this.#read(act, cache);
    }
  }

  async #read(act: RaceRead, cache: Cache, transaction?: RaceTransaction): Promise<void> {
    const { ids, does } = act;
    const floors = ids.map((id) => this.ledger.floorOf(id));
    // Where the transaction has told of a write, a call within it sees that, or one that came after.
    const own = ids.map((id) => (transaction?.told.has(id) === true ? transaction.rows.get(id) : undefined));
    const rows = await this.#ask(act, cache, transaction).catch(noneIfExpected);
    for (const [index, version] of rows.entries()) {
      const id = ids[index] as RaceId;
      const written = own[index];
      if (written === undefined) this.ledger.check(does, id, version, floors[index] as never);
      else if (version < written || transaction?.versions.includes(version) !== true)
        this.ledger.wrong.push(`a transaction that wrote version ${written} of ${id} got ${version}`);
      if (does === 'refresh' && transaction === undefined) this.ledger.refreshed(id, version);
    }
  }

  #ask({ does, ids, as, fails }: RaceRead, cache: Cache, transaction?: RaceTransaction): Promise<number[]> {
    const load = (some: readonly RaceId[]) => this.#source.query(some, fails, transaction);
    const options = { key: this.#keyOf, ...this.#policy(), lock: false } as const;
    const one = cache.wrap(async (id: RaceId) => (await load([id]))[0] as number, options);
    const many = cache.wrapMany(load, { ...options, returns: 'list' });
    const ask = () => (as === 'list' ? many(ids) : Promise.all(ids.map(one)));
    return (does === 'refresh' ? withCacheRefreshed(ask) : ask()) as Promise<number[]>;
  }

  async #write(act: RaceWrite, cache: Cache, transaction?: RaceTransaction): Promise<number | undefined> {
    try {
      const version = await this.#writeAndTell(act, cache, transaction);
      transaction?.told.add(act.id);
      return version;
    } catch (error) {
      unlessExpected(error);
      return undefined;
    }
  }

  async #writeAndTell({ id, by, fails }: RaceWrite, cache: Cache, transaction?: RaceTransaction): Promise<number> {
    const source = this.#source;
    if (by === 'update') {
      const options = { key: this.#keyOf, ...this.#policy() };
      class Writer {
        @UpdatesCache({ ...options, cache: () => cache })
        async write(of: RaceId): Promise<number> {
          return source.write(of, fails, transaction);
        }
      }
      return new Writer().write(id);
    }
    const version = await source.write(id, fails, transaction);
    if (by !== 'nothing') await this.#tell(id, by, cache);
    return version;
  }

  async #tell(id: RaceId, by: 'key' | 'tag' | 'clear', cache: Cache): Promise<void> {
    if (by === 'clear') await cache.clear();
    else if (by === 'tag' && this.#race.tags !== 'none') await cache.invalidateTags(this.#tagOf(id));
    else await cache.invalidate(this.#keyOf(id));
  }

  async #transact({ steps, atOnce, fails }: Transaction, cache: Cache): Promise<void> {
    const { defer = deferInvalidations, turn } = this.#options;
    const transaction = new RaceTransaction();
    const take = (step: RaceRead | RaceWrite): Promise<unknown> =>
      step.does === 'write' ? this.#write(step, cache, transaction) : this.#read(step, cache, transaction);
    const transact = async (): Promise<void> => {
      if (atOnce) await Promise.all(steps.map(take));
      else for (const step of steps) await take(step);
      await turn('end of the transaction');
      this.#source.end(transaction, fails ? 'rolled back' : 'committed');
      if (fails) throw SOURCE_FAILED;
    };
    try {
      await defer(transact);
      for (const [id, version] of transaction.rows) if (transaction.told.has(id)) this.ledger.applied(id, version);
    } catch (error) {
      unlessExpected(error);
      this.ledger.rolledBack(transaction.versions);
    }
  }

  #policy() {
    const { tags, stale } = this.#race;
    const windows = { ttl: '50s', staleWhileRevalidate: stale ? '1h' : 0 } as const;
    const ofId = (id: RaceId): string[] => [this.#tagOf(id)];
    switch (tags) {
      case 'none':
        return windows;
      case 'of id':
        return { ...windows, tags: ofId };
      case 'of value':
        return { ...windows, tags: { fromValue: (_: number, id: RaceId) => ofId(id) } };
    }
  }
}

function unlessExpected(error: unknown): void {
  if (error !== SOURCE_FAILED) throw error;
}

function noneIfExpected(error: unknown): number[] {
  unlessExpected(error);
  return [];
}
