import { setImmediate as nextTurn } from 'node:timers/promises';

import { deferInvalidations, withCacheBypassed, withCacheRefreshed, type Cache } from 'freshkeep';

import { SOURCE_FAILED, Source } from './source.js';
import { FAILURE, tellMany, type Id, type Outcome, type Row, type Step, type Target } from './step.js';
import type { StoreUnderTest } from './stores-under-test.js';
import { Table } from './table.js';
import type { WatchedStore } from './watched-store.js';

/** Runs code as `deferInvalidations` does; a control puts something else in its place. */
export type Defer = <T>(code: () => Promise<T>) => Promise<T>;

export interface PlayerOptions extends Omit<StoreUnderTest, 'end'> {
  /** Keeps the entries of this program apart from those of others. */
  readonly name: string;
  readonly defer?: Defer;
}

/** Plays programs on a real cache. Each step, and what it has set off in the background, is over before the next one begins. */
export class Player {
  readonly #cache: Cache;
  readonly #watched: WatchedStore;
  readonly #source = new Source();
  readonly #table: Table;
  readonly #pass: (seconds: number) => Promise<void>;
  readonly #defer: Defer;
  readonly #outcomes: Outcome[] = [];
  #deferring = false;

  constructor({ cache, watched, pass, name, defer = deferInvalidations }: PlayerOptions) {
    this.#cache = cache;
    this.#watched = watched;
    this.#table = new Table({ cache, source: this.#source, name });
    this.#pass = pass;
    this.#defer = defer;
  }

  async outcomesOf(program: readonly Step[]): Promise<readonly Outcome[]> {
    await this.#playAll(program);
    return this.#outcomes;
  }

  async #playAll(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const answer = await this.#play(step).catch(expected);
      await this.#quiet();
      this.#outcomes.push({ step: step.does, answer, loads: this.#source.takeLoads() });
    }
  }

  /** Until nothing goes on any more: what loads is between two answers of the store, or of the source, for microtasks only. */
  async #quiet(): Promise<void> {
    do await nextTurn();
    while (this.#watched.isBusy);
  }

  async #play(step: Step): Promise<unknown> {
    const [table, { rows }] = [this.#table, this.#source];
    switch (step.does) {
      case 'read':
        return { row: await table.find(step) };
      case 'read many':
        return tellMany(step, byId(step.ids, await table.findMany(step)));
      case 'get':
        return { row: await this.#cache.get(table.keyOf(step.id)) };
      case 'change':
        rows.write(step.id, step.content);
        return undefined;
      case 'rename':
        return { row: await table.rename(step.id, step.content, step.fails) };
      case 'update':
        return { row: await table.update(step.policy, step.id, step.content, step.fails) };
      case 'set':
        return table.set(step.policy, step.id, step.content);
      case 'break':
      case 'mend':
        rows[step.does](step.id);
        return undefined;
      case 'pass':
        return this.#pass(step.seconds);
      case 'invalidate':
        return this.#invalidate(step.target);
      case 'invalidate in parallel':
        return Promise.all(step.targets.map((target) => this.#invalidate(target)));
      case 'defer':
        return this.#transact(step.steps, step.fails);
      case 'bypass':
        return withCacheBypassed(() => this.#playAll(step.steps));
      case 'refresh':
        return withCacheRefreshed(() => this.#playAll(step.steps));
    }
  }

  async #invalidate(target: Target): Promise<unknown> {
    const [cache, table] = [this.#cache, this.#table];
    if (target === 'all') return cache.clear();
    const { ids, tags } = target;
    const results = [
      await cache.invalidate(...ids.map(table.keyOf)),
      await cache.invalidateTags(...tags.map(table.tag)),
    ];
    return [...new Set(results)].join();
  }

  /** The transaction is within the scope, so that it is rolled back before the scope ends. */
  async #transact(steps: readonly Step[], fails: boolean): Promise<string> {
    const rollBack = this.#deferring ? () => undefined : this.#source.rows.savepoint();
    const isOutermost = !this.#deferring;
    this.#deferring = true;
    try {
      await this.#defer(async () => {
        await this.#playAll(steps);
        if (!fails) return;
        rollBack();
        throw SOURCE_FAILED;
      });
      return 'done';
    } finally {
      if (isOutermost) this.#deferring = false;
    }
  }
}

function expected(error: unknown): string {
  if (error === SOURCE_FAILED) return FAILURE;
  throw error;
}

function byId(ids: readonly Id[], rows: ReadonlyMap<Id, Row> | readonly Row[]): ReadonlyMap<Id, Row> {
  if (!Array.isArray(rows)) return rows as ReadonlyMap<Id, Row>;
  return new Map(ids.map((id, index) => [id, (rows as readonly Row[])[index]]));
}
