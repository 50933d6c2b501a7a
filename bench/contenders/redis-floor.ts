import type { Contender } from './contender.js';
import { PlainDocuments } from './plain-documents.js';

/** The least that an answer from Redis costs: ioredis `GET` and `JSON.parse`. */
export const contender: Contender = new PlainDocuments();
