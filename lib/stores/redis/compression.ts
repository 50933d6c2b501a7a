import { promisify } from 'node:util';
import { deflate, deflateSync, inflateSync } from 'node:zlib';

import { invalidOption } from '../../errors.js';

/** A body that was compressed. */
export interface CompressedBody {
  /** Its zlib stream in base64: a client that reads text would destroy the bytes. */
  readonly base64: string;
  /** The bytes that it had before. */
  readonly inflatedBytes: number;
}

/** The form in which Redis keeps a body. */
export type StoredBody = Buffer | CompressedBody;

/** No body that is longer is compressed, and none is made of what claims to be. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

/** The quickest level: of 200 kB the default one saves another 5 %, in 4.5 times the time (`bench/README.md`). */
const OPTIONS = { level: 1 };

/** The bytes that the header grows by, at the most. */
const NOTE_BYTES = 40;

/** From here on another thread is worth its costs. */
const BACKGROUND_BYTES = 64 * 1024;

const deflateInBackground = promisify<Buffer, typeof OPTIONS, Buffer>(deflate);

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkCompressAbove(compressAbove: unknown): number | false {
  if (compressAbove === false) return false;
  if (Number.isSafeInteger(compressAbove) && (compressAbove as number) >= 0) return compressAbove as number;
  throw invalidOption('compressAbove', 'a whole number of bytes, or false', compressAbove);
}

/** Compresses bodies of more than so many bytes, where that makes them smaller. */
export class Compression {
  readonly #above: number;

  constructor(above: number | false) {
    this.#above = above === false ? Infinity : above;
  }

  /** At once: for a command that must not be overtaken by the next one. */
  now(body: Buffer): StoredBody {
    return this.#isFor(body) ? smallerOf(body, deflateSync(body, OPTIONS)) : body;
  }

  /** A long one on another thread: everything else in this process would wait. */
  async inBackground(body: Buffer): Promise<StoredBody> {
    if (!this.#isFor(body) || body.length < BACKGROUND_BYTES) return this.now(body);
    return smallerOf(body, await deflateInBackground(body, OPTIONS));
  }

  #isFor({ length }: Buffer): boolean {
    return length > this.#above && length <= MAX_INFLATED_BYTES;
  }
}

function smallerOf(body: Buffer, deflated: Buffer): StoredBody {
  const base64 = deflated.toString('base64');
  return base64.length + NOTE_BYTES < body.length ? { base64, inflatedBytes: body.length } : body;
}

/**
 * What was compressed, which must have exactly so many bytes: no more are ever made of it. At once, as what is read out of it
 * takes longer.
 * @throws Error for what is none: the stream carries a checksum
 */
export function inflate(base64: Buffer | string, inflatedBytes: number): Buffer {
  const deflated = Buffer.from(typeof base64 === 'string' ? base64 : base64.toString('latin1'), 'base64');
  const body = inflateSync(deflated, { maxOutputLength: inflatedBytes });
  if (body.length !== inflatedBytes) throw new Error(`there are ${body.length} bytes, not ${inflatedBytes}`);
  return body;
}
