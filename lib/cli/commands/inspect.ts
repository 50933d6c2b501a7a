import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { withRedis } from '../redis-connection.js';
import { REDIS_OPTIONS, redisArgumentsOf, redisTargetOf } from '../redis-options.js';
import { PatternFilter } from '../survey/pattern-filter.js';
import { findPrefixes, hasBus, nothingUnder } from '../survey/prefixes.js';
import { reportOf } from '../survey/survey-report.js';
import { survey } from '../survey/survey.js';
import { printable } from '../text/printable.js';
import { surveyText } from '../text/survey-text.js';

const SAMPLE = 10_000;

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows what a RedisStore keeps in a Redis: by pattern, how many entries, how large, how old',
  usage: ['redis://… [<pattern> …]', '--redis redis://… [<pattern> …]'],
  details: `Looks at a sample of the keys by SCAN, with pauses, and of each entry at the header alone. Redis knows no patterns:
they are derived from what varies in the keys. Those that you give (user:{}) are taken as they are, and others left out.
Exit code 1: there is no entry of these patterns. 3: freshkeep has nothing under the prefix.`,
  options: {
    ...REDIS_OPTIONS,
    sample: { value: '<keys>', says: "How many keys are looked at, at the most, or 'all' (default 10000)" },
  },
  async run(given, output) {
    const { url, others: patterns } = redisArgumentsOf(given, 'inspect');
    const target = redisTargetOf(given, url);
    const { prefix, address } = target;
    const filters = patterns.map((pattern) => new PatternFilter(pattern));
    const most = given.text('sample') === 'all' ? Infinity : given.count('sample', SAMPLE);
    const accepts = (key: string) => filters.length === 0 || filters.some((filter) => filter.matches(key));
    const found = await withRedis(target, async (client) => {
      const surveyed = await survey({ client, prefix, most, accepts });
      if (surveyed.kinds.size === 0 && !(await hasBus(client, prefix)))
        throw nothingUnder(prefix, address.shown, await findPrefixes(client));
      return surveyed;
    });
    const report = reportOf(found, filters);
    if (given.flag('json')) output.printJson({ redis: address.shown, prefix, ...report });
    else if (report.entries > 0) output.print(...surveyText(report, `${address.shown}, prefix ${prefix}`, output));
    else
      output.print(
        `${address.shown}, prefix ${prefix}: no entry${of(patterns)}${found.complete ? '' : ' among the keys that were looked at (--sample looks at more)'}`,
      );
    return report.entries > 0 ? EXIT.done : EXIT.found;
  },
};

function of(patterns: readonly string[]): string {
  return patterns.length === 0 ? '' : ` of ${patterns.map(printable).join(', ')}`;
}
