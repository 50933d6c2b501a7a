import type { Contender } from './contender.js';
import { PlainDocuments } from './plain-documents.js';

const LENGTH = 100;
const documents = new PlainDocuments();

/** The least that a hundred answers from Redis cost together: ioredis `MGET`, and `JSON.parse` of each. */
export const contender: Contender = {
  find: (first) => documents.findMany(Array.from({ length: LENGTH }, (_, index) => first + index)),
  fill: (keys) => documents.fill(keys + LENGTH),
  close: () => documents.close(),
};
