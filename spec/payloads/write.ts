/**
 * Writes the payloads of the current entry format, one file for each value of `values.ts`, into the directory of that
 * format: `npx tsx spec/payloads/write.ts`. What is there is left alone: payloads of a released format are what users
 * have in their Redis, and never change. A new format gets a new directory.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

import { FaithfulSerializer } from '../../lib/serializers/faithful-serializer.js';
import { Compression } from '../../lib/stores/redis/compression.js';
import { EntryCodec } from '../../lib/stores/redis/entry-codec.js';
import { COMPRESSED_PAYLOAD_VALUES, PAYLOAD_CLASSES, PAYLOAD_VALUES } from './values.js';

const LIFETIME = { ttl: 1_000, staleWhileRevalidate: 60_000 };

const codec = new EntryCodec(new FaithfulSerializer({ classes: PAYLOAD_CLASSES }));
const compression = new Compression(0);

for (const [name, valueOf] of Object.entries(PAYLOAD_VALUES)) {
  const payload = codec.encode(codec.serialize(valueOf()), LIFETIME);
  keep(formatOf(payload), name, payload);
}
for (const [name, { value, tags }] of Object.entries(COMPRESSED_PAYLOAD_VALUES)) {
  const payload = codec.encode(compression.now(codec.serialize(value())), LIFETIME, tags);
  keep(`${formatOf(payload)}-deflated`, name, payload);
}

function formatOf(payload: Buffer): string {
  const [format = ''] = payload.toString('latin1', 0, 16).split(' ');
  return format;
}

function keep(format: string, name: string, payload: Buffer): void {
  const directory = new URL(`./${format}/`, import.meta.url);
  const file = new URL(`${name}.payload`, directory);
  mkdirSync(directory, { recursive: true });
  if (existsSync(file)) return;
  writeFileSync(file, payload);
  console.log(`${format}/${name}.payload: ${payload.length} bytes`);
}
