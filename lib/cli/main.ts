#!/usr/bin/env node
import { wrongUsage } from './failure.js';
import { Output } from './output.js';
import { run, tell } from './run.js';

const args = process.argv.slice(2);
const output = new Output(process.stdout, process.env);
const errors = new Output(process.stderr, process.env);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads the output may have seen enough of it: `freshkeep inspect … | head`.
  if (error.code === 'EPIPE') process.exit();
  process.exit(tell(wrongUsage(`cannot write the output: ${error.message}`), args.includes('--json'), errors));
});
// Who does not want to know why has the exit code.
process.stderr.on('error', () => undefined);

process.exitCode = await run(args, output, errors);
