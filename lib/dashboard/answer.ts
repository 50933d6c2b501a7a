import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';

const gzip = promisify(gzipWithCallback);

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing but what this server sends is loaded or run, nobody frames the page, and nobody keeps what it shows. */
const SAFETY: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  vary: 'Accept, Accept-Encoding',
};

/** Shorter ones fit into a packet or two as they are. */
const COMPRESSED_FROM = 2_048;

export function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

export async function send(req: IncomingMessage, res: ServerResponse, answer: Answer): Promise<void> {
  const { status, type, body, headers = {} } = answer;
  const plain = Buffer.from(body);
  const packed = plain.length >= COMPRESSED_FROM && acceptsGzip(req);
  const bytes = packed ? await gzip(plain, { level: 1 }) : plain;
  res.writeHead(status, {
    ...SAFETY,
    ...headers,
    'content-type': type,
    'content-length': bytes.length,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

function acceptsGzip({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*gzip\s*(,|;\s*q=(1|0\.\d*[1-9])|$)/.test(headers['accept-encoding'] ?? '');
}
