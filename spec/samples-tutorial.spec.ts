import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from './support/dialect.js';
import { sharedRedisPort } from './support/redis.js';
import { findFreePort } from './support/redis-server.js';
import { ROOT } from './support/sample-process.js';

/** What each sample prints, after a line break. */
const OUTPUTS: ReadonlyMap<string, string> = new Map([
  [
    '01',
    `
A cached method: loaded once, then answered from the store
samples/tutorial/01-cached-method.ts

The first call is a miss: it loads.
  load Oslo
12 °C in Oslo

The second one is a hit: the method is not called.
12 °C in Oslo

Another city has an entry of its own.
  load Lima
12 °C in Lima

Five calls at the same time share one load.
  load Cairo
5 times: 12 °C in Cairo

The method's own errors reach the caller, and are not cached.
  load Atlantis
Error: there is no such city
  load Atlantis
Error: there is no such city
`,
  ],
  [
    '02',
    `
Keys: how a call finds its entry, and why two never meet
samples/tutorial/02-keys.ts

A key is made of the arguments.
document:letters:to-ada

Parts are escaped, so different arguments never make the same key.
document:a%3Ab:c  and  document:a:b%3Ac
  load c in a:b
text of c in a:b
  load b:c in a
text of b:c in a

Nor does a string imitate another type.
any:~null  any:null  any:~true  any:%7Etrue  any:~undefined  any:~o(a=1,)

Objects are one part by a path, or by all that they hold; the order of their names does not matter.
range:~o(from=1,to=9,)  and  range:~o(from=1,to=9,)
  load the invoice of ada's order 1
invoice 1
invoice 1
`,
  ],
  [
    '03',
    `
Stale values: nobody waits, and a source that fails is covered
samples/tutorial/03-stale-values.ts

staleWhileRevalidate: the first call loads.
  load EUR
version 1 of EUR

Six minutes later the value is stale. It is served at once, and refreshed in the background.
version 1 of EUR
  load EUR
A second later the fresh value is there: nobody has waited.
version 2 of EUR

Two hours later it is too old even for that: the call waits for a load.
  load EUR
version 3 of EUR

staleIfError: after the ttl the source is asked; where it fails, the stale value answers.
  load USD
version 4 of USD
  load USD: fails
version 4 of USD

The source is spared for a second, then for two, up to a minute: no load for the next call.
version 4 of USD

When it is back, so is the fresh value.
  load USD
version 5 of USD
`,
  ],
  [
    '04',
    `
Invalidation on writes: by key, from the result, and during a load
samples/tutorial/04-invalidation.ts

Two entries hold the same user.
  load user 7
  load user by ada@example.org
by id: Ada, by email: Ada
by id: Ada, by email: Ada

rename(7) invalidates both: by its argument, and by the email in its result.
  load user 7
  load user by ada@example.org
by id: Augusta Ada, by email: Augusta Ada

A write that fails invalidates nothing.
Error: there is no user 8
by id: Augusta Ada, by email: Augusta Ada

By hand, where no method stands for the write. The answer tells whether it was applied.
applied

A load that has read the old name when rename(7) comes is never stored: the next call loads.
  load user 7
began before: Augusta Ada
  load user 7
  load user by ada@example.org
by id: Countess of Lovelace, by email: Countess of Lovelace
`,
  ],
  [
    '05',
    `
Tags: many entries invalidated at once
samples/tutorial/05-tags.ts

Four entries:
  load Emma
  load Persuasion
  load Good Omens
  load the books by austen

All of them are hits now:

Everything about one author is invalidated in one step:
  correct austen
  load Emma
  load Persuasion
  load the books by austen

By hand, everything that has the tag "catalogue":
applied
  load Emma
  load Persuasion
  load Good Omens
  load the books by austen
`,
  ],
  [
    '06',
    `
Lists: many values in one call, under the same keys
samples/tutorial/06-lists.ts

One user is cached already.
  load 2
Alan

A list loads the others alone.
  load 1, 3 together
1 Ada, 2 Alan, 3 Grace

What a list has loaded is a hit for a single call.
Grace

One was renamed: only that one is loaded again.
  load 2 together
1 Ada, 2 Alan Mathison, 3 Grace

There is no user 9. That is not stored, unless storeAbsent says so: it is asked for each time.
  load 9 together
3 Grace
  load 9 together
3 Grace
`,
  ],
  [
    '07',
    `
Write-through, and a PostgreSQL transaction
samples/tutorial/07-writes-and-transactions.ts

Write-through: after the write the value is a hit.
  load user 1
Ada Lovelace
Augusta Ada King

A transaction that is rolled back: it has seen its own write, and the entry is still right.
  load user 1
within: Countess of Lovelace
Error: something else went wrong
after: Augusta Ada King

A transaction that commits: then the entry is invalidated.
  load user 1
within: Countess of Lovelace
  invalidate user:1
  load user 1
after: Countess of Lovelace
`,
  ],
  [
    '08',
    `
Two instances over Redis, with copies in the memory of each (needs Redis)
samples/tutorial/08-two-instances.ts

A loads; B finds the entry in Redis.
  load user 7
A: Ada
B: Ada
Both keep a copy: 1 and 1. Their next hits need no round trip.

A renames. B drops its copy when the message comes, and loads.
B is told: user:7; its copies: 0
  load user 7
B: Augusta Ada
A: Augusta Ada

Ten calls at once on both: the refresh lock elects the one that loads.
  load user 7
All ten: Augusta Ada
`,
  ],
  [
    '09',
    `
Events: watching hits and misses, and health
samples/tutorial/09-events.ts

A miss, and then a hit:
  miss article:1
  load article:1
  health while it loads: {"running":1,"waiting":0}
  fill article:1 for 60 s
  hit article:1
A load that fails:
  miss article:404
  load article:404
  load of article:404 failed: Error: there is no such article
An invalidation:
  edit 1
  invalidate article:1
  miss article:1
  load article:1
  health while it loads: {"running":1,"waiting":0}
  fill article:1 for 60 s

Counted:
article:{} 1 hits, 3 misses
health: {"queuedInvalidations":0,"loads":{"running":0,"waiting":0}}
`,
  ],
  [
    '10',
    `
Testing a service that caches, with fake time
samples/tutorial/10-testing.ts

✔ loads a price once
✔ loads it again when ten minutes are over, to the millisecond
✔ finds the new price after a change
✔ keeps the entry when a change fails
✔ can be tested without the cache as well
`,
  ],
]);

const LIST = `Run one of these with \`npm run sample 01\`:

  01  A cached method: loaded once, then answered from the store
  02  Keys: how a call finds its entry, and why two never meet
  03  Stale values: nobody waits, and a source that fails is covered
  04  Invalidation on writes: by key, from the result, and during a load
  05  Tags: many entries invalidated at once
  06  Lists: many values in one call, under the same keys
  07  Write-through, and a PostgreSQL transaction
  08  Two instances over Redis, with copies in the memory of each (needs Redis)
  09  Events: watching hits and misses, and health
  10  Testing a service that caches, with fake time
`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const AT_ONCE = 3;
let running = 0;
const waiting: (() => void)[] = [];

/** What `npm run sample <args>` does, without npm; no more than three at once. */
async function sample(args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
  while (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await run(args, environment);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function run(args: readonly string[], environment: Record<string, string>): Promise<Outcome> {
  const command = ['--import', 'tsx', join('samples', 'tutorial', 'run.ts'), ...args];
  const env = { ...process.env, REDIS_URL: '', ...environment };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, { cwd: ROOT, env, timeout: 100_000 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    if (typeof (code as unknown) === 'number') return { code, stdout, stderr };
    throw error;
  }
}

const ended = (stdout: string): Outcome => ({ code: 0, stdout, stderr: '' });

describe('The samples of the tutorial', function () {
  this.timeout(120_000);

  /** All are started before the first spec asks for its own. */
  const outcomes = new Map<string, Promise<Outcome>>();

  before(() => {
    const redisUrl = `redis://127.0.0.1:${sharedRedisPort()}`;
    for (const number of OUTPUTS.keys()) outcomes.set(number, sample([number], { REDIS_URL: redisUrl }));
    // Whoever asks for its outcome is told of a rejection; with `--grep` nobody may ask.
    for (const outcome of outcomes.values()) outcome.catch(() => undefined);
  });

  for (const [number, output] of OUTPUTS) {
    it(`print what they load and answer, line by line: ${number}`, async () => {
      expect(await outcomes.get(number)).to.deep.equal(ended(output.slice(1)));
    });
  }
});

describeInOneDialect('The runner of the samples', function () {
  this.timeout(120_000);

  it('lists them, with their titles, when none is named', async () => {
    expect(await sample([])).to.deep.equal(ended(LIST));
  });

  it('lists them, with a complaint and the exit code 2, when one is named that does not exist', async () => {
    const names = ['11', '0', 'keys', ''];
    const outcomes = await Promise.all(names.map((name) => sample([name])));
    expect(outcomes).to.deep.equal(
      names.map((name) => ({
        code: 2,
        stdout: '',
        stderr: `There is no sample "${name}".\n\n${LIST}`,
      })),
    );
  });

  it('finds one by a number without its zero as well', async () => {
    expect((await sample(['2'])).stdout).to.equal(OUTPUTS.get('02')!.slice(1));
  });

  it('starts a Redis of its own where one is needed and REDIS_URL names none', async () => {
    expect(await sample(['08'])).to.deep.equal(ended(OUTPUTS.get('08')!.slice(1)));
  });

  it('says what is needed, and ends with 0, where there is no Redis to be had', async () => {
    const { code, stdout, stderr } = await sample(['08'], { PATH: '', REDIS_SERVER: '' });
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.include('This sample needs a real Redis (or Valkey), and found none on PATH.');
    expect(stdout).to.include('or say where one runs: REDIS_URL=redis://127.0.0.1:6379 npm run sample 08');
  });

  it('says so, and ends with 1, where REDIS_URL leads nowhere or makes no sense', async () => {
    const [nowhere, nonsense] = await Promise.all([
      sample(['08'], { REDIS_URL: `redis://127.0.0.1:${await findFreePort()}` }),
      sample(['08'], { REDIS_URL: 'localhost' }),
    ]);
    expect([nowhere.code, nowhere.stderr]).to.deep.equal([1, 'No Redis answers at REDIS_URL.\n']);
    expect([nonsense.code, nonsense.stderr]).to.deep.equal([1, 'REDIS_URL must look like redis://127.0.0.1:6379.\n']);
  });
});
