import type { CacheStats } from '../../cache/cache-stats.js';
import { examine } from '../../doctor/examine.js';
import type { Severity } from '../../doctor/finding.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { wrongUsage } from '../failure.js';
import type { Given } from '../given.js';
import type { Output } from '../output.js';
import { statsSourceOf } from '../stats/stats-source.js';
import { TIMEOUT_OPTION, timeoutOf } from '../timeout-option.js';
import { findingsText, type Diagnosis } from '../text/findings-text.js';

/** From which severity on a finding makes the command fail; as it is given. */
const FAIL_ON = ['medium', 'high', 'low', 'never'] as const;
type FailOn = (typeof FAIL_ON)[number];

const FAILING: Readonly<Record<FailOn, readonly Severity[]>> = {
  high: ['high'],
  medium: ['high', 'medium'],
  low: ['high', 'medium', 'low'],
  never: [],
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'Tells what is wrong with how methods are cached, from statistics',
  usage: ['<url>', '<file>', '-'],
  details: `Reads what JSON.stringify(cache.stats()) gives, or an object that has it as "stats", as the dashboard
answers, or a list of either: from a file, from standard input (-), or from an http(s) URL.
Exit code 1: there is a finding of the severity that --fail-on names, or a worse one.`,
  options: {
    'fail-on': { value: '<severity>', says: 'high, medium, low, or never (default medium)' },
    header: { value: "'<name>: <value>'", many: true, says: 'Sent with the request; may be repeated' },
    ...TIMEOUT_OPTION,
  },
  async run(given, output) {
    const failOn = given.word('fail-on', FAIL_ON);
    const diagnoses = (await readStats(given)).map((stats) => ({ stats, findings: examine(stats) }));
    const failed = diagnoses.some(({ findings }) =>
      findings.some(({ severity }) => FAILING[failOn].includes(severity)),
    );
    if (given.flag('json')) output.printJson({ failOn, failed, caches: diagnoses.map(toJson) });
    else print(diagnoses, output);
    return failed ? EXIT.found : EXIT.done;
  },
};

function readStats(given: Given): Promise<readonly CacheStats[]> {
  const [from, ...others] = given.positionals;
  if (from === undefined || others.length > 0)
    throw wrongUsage('doctor takes one file, one URL, or - for standard input', 'such as freshkeep doctor stats.json');
  const options = { headers: given.texts('header'), timeout: timeoutOf(given) };
  return statsSourceOf(from, options).read();
}

function print(diagnoses: readonly Diagnosis[], output: Output): void {
  const texts = diagnoses.map((diagnosis) => findingsText(diagnosis, output).join('\n'));
  output.print(texts.join('\n\n'));
}

function toJson({ stats, findings }: Diagnosis): object {
  const { cache, at, countedFor, patterns } = stats;
  return { cache, at, countedFor, patterns: patterns.length, calls: callsOf(stats), findings };
}

function callsOf({ patterns }: CacheStats): number {
  return patterns.reduce((sum, { calls }) => sum + calls, 0);
}
