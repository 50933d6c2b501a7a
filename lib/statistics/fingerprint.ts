import { hashOf, mixed, toHash } from './text-hash.js';

/** What is looked at of a value: so many of its parts, and so much of a text or a buffer. */
const MOST_PARTS = 1_000;
const MOST_UNITS = 4_096;
const DEEPEST = 32;

/** Tells whether two values are the same, without keeping them. */
export interface Fingerprint {
  /** Of 31 bits: one in two thousand million pairs of different values is taken for equal. */
  readonly hash: number;
  /** How many numbers, texts and the like were looked at: a value of few may be equal to another by chance. */
  readonly leaves: number;
}

/**
 * The fingerprint of what a loader returned: of its structure and contents, in the order in which they come. Of a large value only the
 * first thousand parts are looked at, so that it costs no more than some ten microseconds: a change behind them goes unnoticed.
 * `undefined` where a getter, or a proxy, throws, and where an object shows nothing of what it has (a URL, one with private fields).
 */
export function fingerprintOf(value: unknown): Fingerprint | undefined {
  const walk = new Walk();
  try {
    walk.add(value, 0);
  } catch {
    return undefined;
  }
  return { hash: toHash(walk.bits), leaves: walk.leaves };
}

class Walk {
  bits = 0;
  leaves = 0;
  #parts = 0;

  add(value: unknown, depth: number): void {
    this.#parts += 1;
    if (this.#parts > MOST_PARTS || depth > DEEPEST) return;
    if (typeof value === 'object' && value !== null) this.#addObject(value, depth + 1);
    else this.#addLeaf(value);
  }

  #addLeaf(value: unknown): void {
    this.leaves += 1;
    this.#mixIn(hashOf(typeof value));
    this.#mixIn(hashOf(Object.is(value, -0) ? '-0' : String(value).slice(0, MOST_UNITS)));
  }

  #addObject(object: object, depth: number): void {
    if (object instanceof Date) this.#addLeaf(object.getTime());
    else if (ArrayBuffer.isView(object)) this.#addBytes(object);
    else if (object instanceof ArrayBuffer) this.#addBytes(new Uint8Array(object));
    else if (object instanceof Map || object instanceof Set || Array.isArray(object)) this.#addAll(object, depth);
    else if (object instanceof Error || object instanceof RegExp) this.#addLeaf(String(object));
    else this.#addRecord(object as Readonly<Record<string, unknown>>, depth);
  }

  #addRecord(record: Readonly<Record<string, unknown>>, depth: number): void {
    const names = Object.keys(record);
    if (names.length === 0 && !isPlain(record)) throw new TypeError('It keeps to itself what it has');
    for (const name of names) {
      if (this.#parts > MOST_PARTS) return;
      this.#mixIn(hashOf(name));
      this.add(record[name], depth);
    }
    this.#mixIn(1);
  }

  #addAll(items: Iterable<unknown> & { readonly size?: number; readonly length?: number }, depth: number): void {
    this.#mixIn(items.size ?? items.length ?? 0);
    for (const item of items) {
      if (this.#parts > MOST_PARTS) return;
      this.add(item, depth);
    }
  }

  #addBytes(view: ArrayBufferView): void {
    this.leaves += 1;
    this.#mixIn(view.byteLength);
    const bytes = Buffer.from(view.buffer, view.byteOffset, Math.min(view.byteLength, MOST_UNITS));
    this.#mixIn(hashOf(bytes.toString('latin1')));
  }

  #mixIn(hash: number): void {
    this.bits = mixed(Math.imul(this.bits, 31) ^ hash);
  }
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
