import { duplicatedLogic } from './duplicated-logic.js';
import { inconsistentKeys } from './inconsistent-keys.js';
import { noInvalidation } from './no-invalidation.js';
import type { Pitfall } from './pitfall.js';
import { rarelyRead } from './rarely-read.js';
import { stampede } from './stampede.js';
import { formatTable, type Line } from './table.js';
import { ttlTooLong } from './ttl-too-long.js';
import { ttlTooShort } from './ttl-too-short.js';

const PITFALLS: readonly Pitfall[] = [
  stampede,
  ttlTooLong,
  ttlTooShort,
  inconsistentKeys,
  noInvalidation,
  rarelyRead,
  duplicatedLogic,
];

const say = (text: string) => process.stdout.write(`${text}\n`);

say('Seven ways in which caching goes wrong, each played twice: written by hand, then declared with freshkeep.\n');
const lines: Line[] = [];
// One after the other: two plays at once would slow each other's calls down.
for (const [index, { title, story, byHand, withFreshkeep }] of PITFALLS.entries()) {
  const pitfall = `${index + 1} ${title}`;
  say(`${pitfall}: ${story}`);
  lines.push({ pitfall, cache: 'by hand', ...(await byHand()) });
  lines.push({ pitfall, cache: 'freshkeep', ...(await withFreshkeep()) });
}
say(`\n${formatTable(lines)}\n`);
say('Every number was measured just now; samples/demo/ has one file for each pitfall.');
