import { FRESHKEEP, LRU_CACHE, MAP, RIVALS } from '../contenders.js';
import type { EntryBytesScenario } from '../entry-bytes/entry-bytes-scenario.js';
import { BYTES_PER_ENTRY, BYTES_SPREAD, BYTES_TIMES_FLOOR } from '../measures.js';
import { atMost } from '../scenario.js';

export const ENTRY_BYTES: EntryBytesScenario = {
  kind: 'entry-bytes',
  name: 'entry-bytes',
  question: 'What does an entry in memory take, its value and all?',
  variants: [{ name: '100,000 entries of small objects', targets: [atMost(BYTES_TIMES_FLOOR, 1.25)] }],
  contenders: [LRU_CACHE, MAP, FRESHKEEP, ...RIVALS],
  entries: 100_000,
  columns: [BYTES_PER_ENTRY, BYTES_SPREAD, BYTES_TIMES_FLOOR],
  processes: 5,
};
