import { recordsOf } from '../compression/bodies.js';
import { makeDocument } from './document.js';
import { makeUser } from './user.js';

/** What the source answers with: a small object, one of 919 bytes of JSON, or a list of so many rows of a table. */
export type ValueKind = 'user' | 'document' | `${number} records`;

/** Makes the value of an id. */
export function makerOf(kind: ValueKind): (id: number) => unknown {
  if (kind === 'user') return makeUser;
  if (kind === 'document') return makeDocument;
  const records = recordsOf(Number.parseInt(kind, 10));
  return () => records;
}
