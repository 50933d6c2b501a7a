import { promisify } from 'node:util';
import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompress,
  brotliDecompressSync,
  constants,
  deflate,
  deflateRaw,
  deflateRawSync,
  deflateSync,
  gunzip,
  gunzipSync,
  gzip,
  gzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

/** A way to make a body smaller, at once or on another thread. */
export interface Method {
  readonly name: string;
  readonly compress: (bytes: Buffer) => Buffer;
  readonly decompress: (bytes: Buffer) => Buffer;
  readonly compressElsewhere: (bytes: Buffer) => Promise<Buffer>;
  readonly decompressElsewhere: (bytes: Buffer) => Promise<Buffer>;
}

/** What every Node that freshkeep supports has. */
export const METHODS: readonly Method[] = [
  ...[1, 3, 6].map(deflateAt),
  inBase64(deflateAt(1)),
  {
    name: 'deflate-raw, level 1',
    compress: (bytes) => deflateRawSync(bytes, { level: 1 }),
    decompress: (bytes) => inflateRawSync(bytes),
    compressElsewhere: (bytes) => promisify<Buffer, object, Buffer>(deflateRaw)(bytes, { level: 1 }),
    decompressElsewhere: promisify<Buffer, Buffer>(inflateRaw),
  },
  {
    name: 'gzip, level 6',
    compress: (bytes) => gzipSync(bytes),
    decompress: (bytes) => gunzipSync(bytes),
    compressElsewhere: promisify<Buffer, Buffer>(gzip),
    decompressElsewhere: promisify<Buffer, Buffer>(gunzip),
  },
  ...[1, 4, 6].map(brotliAt),
];

function deflateAt(level: number): Method {
  return {
    name: `deflate, level ${level}`,
    compress: (bytes) => deflateSync(bytes, { level }),
    decompress: (bytes) => inflateSync(bytes),
    compressElsewhere: (bytes) => promisify<Buffer, object, Buffer>(deflate)(bytes, { level }),
    decompressElsewhere: promisify<Buffer, Buffer>(inflate),
  };
}

function brotliAt(quality: number): Method {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: quality } };
  return {
    name: `brotli, quality ${quality}`,
    compress: (bytes) => brotliCompressSync(bytes, options),
    decompress: (bytes) => brotliDecompressSync(bytes),
    compressElsewhere: (bytes) => promisify<Buffer, object, Buffer>(brotliCompress)(bytes, options),
    decompressElsewhere: promisify<Buffer, Buffer>(brotliDecompress),
  };
}

/** What a client that reads text does not destroy. */
function inBase64({ name, compress, decompress, compressElsewhere, decompressElsewhere }: Method): Method {
  const encode = (bytes: Buffer) => Buffer.from(bytes.toString('base64'), 'latin1');
  const decode = (bytes: Buffer) => Buffer.from(bytes.toString('latin1'), 'base64');
  return {
    name: `${name}, in base64`,
    compress: (bytes) => encode(compress(bytes)),
    decompress: (bytes) => decompress(decode(bytes)),
    compressElsewhere: async (bytes) => encode(await compressElsewhere(bytes)),
    decompressElsewhere: (bytes) => decompressElsewhere(decode(bytes)),
  };
}
