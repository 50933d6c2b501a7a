import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { newTicket } from '../../lib/cache/ticket.js';

const MODULE = fileURLToPath(new URL('../../lib/cache/ticket.ts', import.meta.url));

async function firstTicketElsewhere(): Promise<string> {
  const code = `import { newTicket } from ${JSON.stringify(MODULE)}; process.stdout.write(newTicket());`;
  const args = ['--import', 'tsx', '--input-type', 'module', '--eval', code];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

describe('A ticket', () => {
  it('is that of one fill alone, in this process', () => {
    const tickets = Array.from({ length: 1_000 }, newTicket);
    expect(new Set(tickets).size).to.equal(1_000);
  });

  it('is that of one fill alone, in all processes', async () => {
    const tickets = await Promise.all([firstTicketElsewhere(), firstTicketElsewhere()]);
    expect(new Set([...tickets, newTicket()]).size).to.equal(3);
  });
});
