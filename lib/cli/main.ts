#!/usr/bin/env node
import { Output } from './output.js';
import { run } from './run.js';

// Whoever reads the output may have seen enough of it: `freshkeep inspect … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const output = new Output(process.stdout, process.env);
const errors = new Output(process.stderr, process.env);
process.exitCode = await run(process.argv.slice(2), output, errors);
