import type { IncomingMessage } from 'node:http';

import { Refusal } from './refusal.js';

/** A key has at most 512 bytes, a tag 256 characters; each byte of them may be escaped. */
const MOST_BYTES = 8_192;

/** The object that `req` brings; what a middleware has parsed before is taken. @throws Refusal */
export async function readJson(req: IncomingMessage & { readonly body?: unknown }): Promise<Record<string, unknown>> {
  const value: unknown = req.body ?? parse(await readText(req));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Refusal(400, 'Expected a JSON object.');
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) break;
    chunks.push(chunk);
  }
  if (bytes <= MOST_BYTES) return Buffer.concat(chunks).toString('utf8');
  // The rest goes by: a request that is given up takes its connection along, and what others ask over it behind a proxy.
  req.resume();
  throw new Refusal(413, `Expected at most ${MOST_BYTES} bytes.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Expected JSON.');
  }
}
