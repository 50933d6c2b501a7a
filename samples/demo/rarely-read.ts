import { Cached } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const EXPORTED = 3_000;
const BATCH = 100;
const POPULAR = ['lamp', 'chair', 'table'];
const LATENCY = 2;

const isArchived = (id: string) => id.startsWith('archive/');

class ArticlesByHand {
  readonly cache = new Map<string, Row>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined) return known;
    const row = await this.#source.load(id);
    this.cache.set(id, row);
    return row;
  }
}

class Articles {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  @Cached({ key: 'article:{0}', ttl: '1h', when: (id: string) => !isArchived(id) })
  async find(id: string): Promise<Row> {
    return this.#source.load(id);
  }
}

export const rarelyRead: Pitfall = {
  title: 'Caching what is rarely read',
  story: `an export reads ${EXPORTED} archived articles once, visitors read ${POPULAR.length} others again and again`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY, connections: BATCH });
    const articles = new ArticlesByHand(source);
    return play(source, articles, () => articles.cache.size);
  },
  withFreshkeep: async () => {
    // Whatever else is asked for once, the least recently used of more than 500 entries gives way.
    const store = configureFreshCache({ maxEntries: 500 });
    const source = new Source({ latency: LATENCY, connections: BATCH });
    return play(source, new Articles(source), () => store.size);
  },
};

async function play(source: Source, articles: Pick<Articles, 'find'>, kept: () => number): Promise<Measurement> {
  const observation = new Observation(source);
  const read = (id: string) => observation.call(id, () => articles.find(id));
  for (let first = 0; first < EXPORTED; first += BATCH) {
    const exported = Array.from({ length: BATCH }, (_, index) => read(`archive/${first + index}`));
    await Promise.all([...exported, ...POPULAR.map((id) => read(id))]);
  }
  return observation.measured(kept());
}
