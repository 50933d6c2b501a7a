import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import type { Finding } from 'freshkeep';

import { FAULTS } from '../samples/users-service/faults/index.js';
import { describeInOneDialect } from './support/dialect.js';
import { SampleProcess } from './support/sample-process.js';

/** For so long the button makes traffic, in milliseconds. */
const TRAFFIC = 30_000;

/** So many services run at once: each has a database of its own, and all its callers. */
const AT_ONCE = 3;

/** As the page of the dashboard sends it, and as `freshkeep doctor` asks. */
const HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'x-freshkeep-dashboard': '1' };

async function ask<T>(url: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { ...options, headers: HEADERS, signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return (await response.json()) as T;
}

/** What the doctor says while somebody makes traffic: until it names `fault`, or the traffic is over. */
async function findingsOf(fault: string): Promise<readonly Finding[]> {
  const sample = await SampleProcess.start('users-service', { FAULT: fault, REDIS_URL: '' });
  try {
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(sample.output) ?? [];
    await ask(`${url}/cache/action`, { method: 'POST', body: JSON.stringify({ name: 'Make traffic' }) });
    const seen = new Map<string, Finding>();
    const over = performance.now() + TRAFFIC;
    while (performance.now() < over && !seen.has(fault)) {
      await pause(500);
      const { findings } = await ask<{ readonly findings: readonly Finding[] }>(`${url}/cache/`);
      for (const finding of findings) seen.set(finding.name, finding);
    }
    return [...seen.values()];
  } finally {
    await sample.stop('SIGKILL');
  }
}

describeInOneDialect('The users service', function () {
  this.timeout(300_000);
  this.slow(120_000);
  const faults = Object.keys(FAULTS);
  const findings = new Map<string, Promise<readonly Finding[]>>();

  before(() => {
    const lanes = Array<Promise<unknown>>(AT_ONCE).fill(Promise.resolve());
    for (const [index, fault] of ['', ...faults].entries()) {
      const found = lanes[index % AT_ONCE]!.then(() => findingsOf(fault));
      lanes[index % AT_ONCE] = found.catch(() => undefined);
      findings.set(fault, found);
    }
  });

  for (const fault of faults) {
    it(`with the fault ${fault} has it named by the doctor, within half a minute of traffic`, async () => {
      const names = (await findings.get(fault))?.map(({ name }) => name);
      expect(names).to.include(fault);
    });
  }

  it('as it is has no finding, in half a minute of traffic', async () => {
    expect(await findings.get('')).to.deep.equal([]);
  });
});
