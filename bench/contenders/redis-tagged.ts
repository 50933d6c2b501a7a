import type { Contender } from './contender.js';
import { findOne } from './redis-documents.js';

export const contender: Contender = findOne({ prefix: 'tagged', tags: ['catalogue'] });
