/**
 * Writes the payloads of the current entry format, one file for each value of `values.ts`, into the directory of that
 * format: `npx tsx spec/payloads/write.ts`. What is there is left alone: payloads of a released format are what users
 * have in their Redis, and never change. A new format gets a new directory.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

import { EntryCodec } from '../../lib/stores/redis/entry-codec.js';
import { FaithfulSerializer } from '../../lib/serializers/faithful-serializer.js';
import { PAYLOAD_VALUES } from './values.js';

/** Milliseconds; in every payload's header. */
const STALE_WHILE_REVALIDATE = 60_000;

const codec = new EntryCodec(new FaithfulSerializer());

for (const [name, valueOf] of Object.entries(PAYLOAD_VALUES)) {
  const body = codec.serialize(valueOf());
  const payload = codec.encode(body, { ttl: 1_000, staleWhileRevalidate: STALE_WHILE_REVALIDATE });
  const [format = ''] = payload.toString('latin1', 0, 16).split(' ');
  const directory = new URL(`./${format}/`, import.meta.url);
  const file = new URL(`${name}.payload`, directory);
  mkdirSync(directory, { recursive: true });
  if (existsSync(file)) continue;
  writeFileSync(file, payload);
  console.log(`${format}/${name}.payload: ${payload.length} bytes`);
}
