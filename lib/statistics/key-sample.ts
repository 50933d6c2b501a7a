import { ALL_HASHES } from './text-hash.js';

/** A set of keys that samples are taken from: those of one pattern. */
export interface Sampled {
  /** Keys whose hash is below this are in the sample; only ever lowered. */
  threshold: number;
  /** How many are in it. */
  sampled: number;
}

/** What a new population begins with: all of its keys are in the sample. */
export function everyKey(): Sampled {
  return { threshold: ALL_HASHES, sampled: 0 };
}

/** So many keys of the population stands each key of its sample for. */
export function weightOf({ threshold }: Sampled): number {
  return ALL_HASHES / threshold;
}

/**
 * A bounded sample of the keys of several populations, by their hashes: a key is in it always or never, so that all its calls are
 * seen (spatial sampling: C. Waldspurger, N. Park, A. Garthwaite, I. Ahmad, "Efficient MRC Construction with SHARDS", FAST 2015, of the
 * fixed size). When it is full, the populations with the most keys in it give up half of their hashes.
 *
 * Keys are numbers of slots, for what is known of them to lie in arrays of {@link KeySample.capacity}.
 */
export class KeySample<P extends Sampled> {
  readonly capacity: number;
  readonly #slots = new Map<number, number>();
  readonly #hashes: Uint32Array;
  readonly #populations: (P | undefined)[];
  readonly #free: number[] = [];
  readonly #members = new Set<P>();
  readonly #beforeWeightChanges: (slot: number, population: P) => void;
  #used = 0;
  /** The highest threshold of all: most keys of a full sample are told by a comparison that they are not in it. */
  #highest = 0;

  /** `beforeWeightChanges` is told of each slot whose key is about to stand for more others, or for none. */
  constructor(capacity: number, beforeWeightChanges: (slot: number, population: P) => void = () => undefined) {
    this.capacity = capacity;
    this.#beforeWeightChanges = beforeWeightChanges;
    this.#hashes = new Uint32Array(capacity);
    this.#populations = new Array<P | undefined>(capacity).fill(undefined);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The population of the key in this slot; `undefined` where there is none. */
  populationOf(slot: number): P | undefined {
    return this.#populations[slot];
  }

  /** The slots of all keys in it. */
  slots(): Iterable<number> {
    return this.#slots.values();
  }

  /** The slot of a key that is in the sample already. */
  slotOf(hash: number): number | undefined {
    return hash < this.#highest ? this.#slots.get(hash) : undefined;
  }

  /** A slot for a key that is not; `undefined` where it does not get one. */
  add(hash: number, population: P): number | undefined {
    this.#members.add(population);
    while (this.#slots.size >= this.capacity && hash < population.threshold) this.#thinOut();
    if (hash >= population.threshold) return undefined;
    this.#highest = Math.max(this.#highest, population.threshold);
    const slot = this.#free.pop() ?? this.#used++;
    this.#slots.set(hash, slot);
    this.#hashes[slot] = hash;
    this.#populations[slot] = population;
    population.sampled += 1;
    return slot;
  }

  /** Whoever has no less than their share gives up half: one of them at least has, when all slots are taken. */
  #thinOut(): void {
    const share = this.capacity / this.#members.size;
    const thinned = new Set([...this.#members].filter(({ sampled }) => sampled >= share));
    for (const slot of this.#slots.values()) {
      const population = this.#populations[slot];
      if (population !== undefined && thinned.has(population)) this.#beforeWeightChanges(slot, population);
    }
    for (const population of thinned) population.threshold = Math.floor(population.threshold / 2);
    this.#highest = 0;
    for (const { threshold } of this.#members) this.#highest = Math.max(this.#highest, threshold);
    for (const [hash, slot] of this.#slots) {
      const population = this.#populations[slot];
      if (population !== undefined && thinned.has(population) && hash >= population.threshold) {
        this.#drop(hash, slot, population);
      }
    }
  }

  #drop(hash: number, slot: number, population: P): void {
    this.#slots.delete(hash);
    this.#populations[slot] = undefined;
    this.#free.push(slot);
    population.sampled -= 1;
  }
}
