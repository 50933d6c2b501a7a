import { randomBytes } from 'node:crypto';

import { seededRandom } from '../../spec/support/random.js';

/** A serialized value, and what it is made of. */
export interface Body {
  readonly name: string;
  readonly value: unknown;
  readonly bytes: Buffer;
}

const WORDS =
  'amber brook cedar delta ember fjord grove haven inlet jetty knoll lemon maple noble ocean pearl quartz river stone tulip umber vista willow'.split(
    ' ',
  );

export function makeBodies(): readonly Body[] {
  return [
    bodyOf('300 B: a record', recordsOf(1)[0]),
    bodyOf('2 kB: 7 records', recordsOf(7)),
    bodyOf('20 kB: 70 records', recordsOf(70)),
    bodyOf('200 kB: 680 records', recordsOf(680)),
    bodyOf('20 kB: random text', { blob: randomBytes(15_000).toString('base64') }),
  ];
}

function bodyOf(name: string, value: unknown): Body {
  return { name, value, bytes: Buffer.from(JSON.stringify(value)) };
}

/** Rows as a service over a database lists them: repeated names, ids that differ, some text. */
export function recordsOf(count: number): readonly unknown[] {
  const random = seededRandom(11);
  const below = (bound: number) => Math.floor(random() * bound);
  const word = () => WORDS[below(WORDS.length)] ?? '';
  const hex = () =>
    below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return Array.from({ length: count }, (_, id) => ({
    id,
    uuid: `${hex()}-${hex()}-${hex()}-${hex()}`,
    name: `${word()} ${word()}`,
    email: `${word()}.${word()}${below(10_000)}@example.com`,
    createdAt: new Date(1.6e12 + below(1e11)).toISOString(),
    price: below(100_000) / 100,
    active: random() < 0.5,
    tags: [word(), word()],
    note: Array.from({ length: 8 + below(12) }, word).join(' '),
  }));
}
