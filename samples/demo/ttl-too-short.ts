import { setTimeout as pause } from 'node:timers/promises';

import { Cached, getDefaultCache } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const READERS = 20;
const READS = 25;
const READS_EVERY = 20;
const LATENCY = 60;
const TTL = 50;

class MenusByHand {
  readonly cache = new Map<string, { readonly row: Row; readonly expiresAt: number }>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined && Date.now() < known.expiresAt) return known.row;
    const row = await this.#source.load(id);
    this.cache.set(id, { row, expiresAt: Date.now() + TTL });
    return row;
  }
}

class Menus {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The same ttl; for a minute after it, whoever asks gets the stale menu at once while one load refreshes it. */
  @Cached({ key: 'menu:{0}', ttl: `${TTL}ms`, staleWhileRevalidate: '1m' })
  async find(id: string): Promise<Row> {
    return this.#source.load(id);
  }
}

export const ttlTooShort: Pitfall = {
  title: 'TTL too short',
  story: `${READERS} readers of one key that expires every ${TTL} ms; a load takes ${LATENCY} ms; the first is not timed`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY });
    const menus = new MenusByHand(source);
    return play(source, menus, () => menus.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const source = new Source({ latency: LATENCY });
    const measurement = await play(source, new Menus(source), () => store.size);
    await getDefaultCache().close();
    return measurement;
  },
};

async function play(source: Source, menus: Pick<Menus, 'find'>, kept: () => number): Promise<Measurement> {
  const observation = new Observation(source);
  await menus.find('lunch');
  const readers = Array.from({ length: READERS }, async () => {
    for (let read = 1; read <= READS; read += 1) {
      await observation.call('lunch', () => menus.find('lunch'));
      await pause(READS_EVERY);
    }
  });
  await Promise.all(readers);
  return observation.measured(kept());
}
