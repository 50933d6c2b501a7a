import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { expect } from 'chai';

import { describeInOneDialect } from '../support/dialect.js';
import { CliProcess, PROGRAM, ROOT } from './cli.js';
import { statsOfPopularPage } from './stats-fixtures.js';

/** Linux has it, which the real servers of these specs need anyway. */
const FULL_DISK = '/dev/full';

describeInOneDialect('The program freshkeep', () => {
  it('ends with the same code where nobody reads what it prints', async () => {
    const inTrouble = await statsOfPopularPage('ill', 0);
    const program = new CliProcess(['doctor', '-']);
    program.child.stdout.destroy();
    const { code, stderr } = await program.ended(JSON.stringify(inTrouble));
    expect([code, stderr]).to.deep.equal([1, '']);
  });

  it('ends with the same code where nobody reads what went wrong', async () => {
    const program = new CliProcess(['doctor', '-']);
    program.child.stderr.destroy();
    const { code, stdout } = await program.ended('{}');
    expect([code, stdout]).to.deep.equal([2, '']);
  });

  it('says that the output cannot be written', async () => {
    const full = openSync(FULL_DISK, 'w');
    const program = spawn(process.execPath, [...PROGRAM, '--version'], { cwd: ROOT, stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    const [stderr, [code]] = await Promise.all([
      text(program.stderr ?? Readable.from([])),
      once(program, 'close') as Promise<[number]>,
    ]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^freshkeep: cannot write the output: ENOSPC.*\n$/);
  });
});
