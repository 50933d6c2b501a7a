import type { Contender } from './contender.js';
import { CachedLists } from './redis-list.js';

export const contender: Contender = new CachedLists({ prefix: 'compressed', compressAbove: 0 });
