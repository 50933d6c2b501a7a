import type { OpenedPayload } from './opened-payload.js';

/** No single one takes more than this share. */
const LARGEST_SHARE = 1 / 16;

/** A power of two. */
const DOORKEEPER_SLOTS = 1_024;

/**
 * The payloads that were read last, each as long as Redis answers with the same: what has not changed need not be decoded
 * again. Those of keys that are read once and not soon again are not kept, for to keep one costs as much as to parse it: a
 * doorkeeper of fingerprints lets in who comes for a second time (as in TinyLFU: G. Einziger, R. Friedman, B. Manes, 2017). In two
 * generations: once the younger is full the elder is forgotten, but for what was found in it meanwhile.
 */
export class RecentPayloads {
  readonly #maxBytes: number;
  #younger = new Map<string, OpenedPayload>();
  #elder = new Map<string, OpenedPayload>();
  #youngerBytes = 0;
  readonly #doorkeeper = new Int32Array(DOORKEEPER_SLOTS);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  find(key: string, payload: string): OpenedPayload | undefined {
    const young = this.#younger.get(key);
    if (young !== undefined) return young.payload === payload ? young : undefined;
    const old = this.#elder.get(key);
    if (old?.payload !== payload) return undefined;
    this.#keep(key, old);
    return old;
  }

  /** Has no effect for the first time. */
  offer(key: string, opened: OpenedPayload): void {
    if (opened.payload.length <= this.#maxBytes * LARGEST_SHARE && this.#isKnown(key)) this.#keep(key, opened);
  }

  forget(): void {
    this.#beginGeneration();
    this.#beginGeneration();
  }

  #isKnown(key: string): boolean {
    const fingerprint = fingerprintOf(key);
    const slot = fingerprint & (DOORKEEPER_SLOTS - 1);
    const known = this.#doorkeeper[slot] === fingerprint;
    this.#doorkeeper[slot] = fingerprint;
    return known;
  }

  #keep(key: string, opened: OpenedPayload): void {
    const bytes = opened.payload.length;
    if (this.#youngerBytes + bytes > this.#maxBytes / 2) this.#beginGeneration();
    this.#youngerBytes += bytes;
    this.#younger.set(key, opened);
  }

  #beginGeneration(): void {
    this.#elder = this.#younger;
    this.#younger = new Map();
    this.#youngerBytes = 0;
  }
}

/** FNV-1a, 32 bits (G. Fowler, L. C. Noll, K.-P. Vo). */
function fingerprintOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash;
}
