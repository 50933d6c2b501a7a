import { writeFileSync } from 'node:fs';

import mocha from 'mocha';

/** Mocha's own `spec` reporter, which also writes its counts and what failed to the file FRESHKEEP_SPEC_COUNTS for `spec/run.mjs`. */
export default class CountingReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on('fail', (test, error) => {
      failures.push(`${test.titlePath().join(' › ')}\n${error?.stack ?? String(error)}`);
    });
    runner.once('end', () => {
      const { passes: passed, failures: failed } = runner.stats;
      if (process.env.FRESHKEEP_SPEC_COUNTS !== undefined) {
        writeFileSync(process.env.FRESHKEEP_SPEC_COUNTS, JSON.stringify({ passed, failed, failures }));
      }
    });
  }
}
