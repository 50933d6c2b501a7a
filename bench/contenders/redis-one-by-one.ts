import type { Contender } from './contender.js';
import { findOne } from './redis-documents.js';

const LENGTH = 100;
const { find, fill, close } = findOne({ prefix: 'one-by-one' });

/** A hundred hits, one after the other. */
export const contender: Contender = {
  find: async (first) => {
    const found: unknown[] = [];
    for (let id = first; id < first + LENGTH; id += 1) found.push(await find(id));
    return found;
  },
  fill: (keys) => fill(keys + LENGTH),
  close,
};
