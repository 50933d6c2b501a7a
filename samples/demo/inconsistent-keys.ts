import { Cached, InvalidatesCache, key } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const ROUNDS = 10;
const LATENCY = 5;

/** Two documents whose names meet when they are merely joined. */
const DOCUMENTS = [
  ['blue', 'green-plan'],
  ['blue-green', 'plan'],
] as const;

const idOf = (team: string, name: string) => `${team}/${name}`;

class DocumentsByHand {
  readonly cache = new Map<string, Row>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(team: string, name: string): Promise<Row> {
    const known = this.cache.get(`document:${team}-${name}`);
    if (known !== undefined) return known;
    const row = await this.#source.load(idOf(team, name));
    this.cache.set(`document:${team}-${name}`, row);
    return row;
  }

  async revise(team: string, name: string): Promise<void> {
    await this.#source.write(idOf(team, name));
    // Written by a colleague, half a year later.
    this.cache.delete(`documents:${team}:${name}`);
  }
}

const documentKey = (team: string, name: string) => key`document:${team}-${name}`;

class Documents {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  @Cached(documentKey, '1m')
  async find(team: string, name: string): Promise<Row> {
    return this.#source.load(idOf(team, name));
  }

  @InvalidatesCache(documentKey)
  async revise(team: string, name: string): Promise<void> {
    await this.#source.write(idOf(team, name));
  }
}

export const inconsistentKeys: Pitfall = {
  title: 'Inconsistent keys',
  story: `two documents whose joined names are equal, revised and read ${ROUNDS} times`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY });
    const documents = new DocumentsByHand(source);
    return play(source, documents, () => documents.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const source = new Source({ latency: LATENCY });
    return play(source, new Documents(source), () => store.size);
  },
};

async function play(
  source: Source,
  documents: Pick<Documents, 'find' | 'revise'>,
  kept: () => number,
): Promise<Measurement> {
  const observation = new Observation(source);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [team, name] of DOCUMENTS) {
      await observation.call(idOf(team, name), () => documents.find(team, name));
      await documents.revise(team, name);
      observation.written(idOf(team, name));
      await observation.call(idOf(team, name), () => documents.find(team, name));
    }
  }
  return observation.measured(kept());
}
