import { writeFileSync } from 'node:fs';

import mocha from 'mocha';

/** Mocha's own `spec` reporter, which also writes its counts to the file FRESHKEEP_SPEC_COUNTS for `spec/run.mjs`. */
export default class CountingReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures } = runner.stats;
      if (process.env.FRESHKEEP_SPEC_COUNTS !== undefined) {
        writeFileSync(process.env.FRESHKEEP_SPEC_COUNTS, JSON.stringify({ passed: passes, failed: failures }));
      }
    });
  }
}
