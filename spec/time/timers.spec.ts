import { execFile } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';
import type sinon from 'sinon';

import { sleep, TIMED_OUT, within } from '../../lib/time/timers.js';
import { Deferred } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';

const PROGRAM = fileURLToPath(new URL('keeps-nothing-alive-program.ts', import.meta.url));

describe('within', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers();
  });
  afterEach(() => {
    clock.restore();
  });

  it('is the outcome of a promise that settles in time', async () => {
    const work = new Deferred<string>();
    const outcome = within(work.promise, 100);
    await clock.tickAsync(99);
    work.resolve('done');
    expect(await outcome).to.equal('done');
  });

  it('rejects with the very reason of a promise that rejects in time', async () => {
    const own = new Error('own');
    expect(await within(Promise.reject(own), 100).catch((error: unknown) => error)).to.equal(own);
  });

  it('is TIMED_OUT when the time is over, and not before', async () => {
    let outcome: unknown = 'waiting';
    void within(new Deferred().promise, 100).then((result) => (outcome = result));
    await clock.tickAsync(99);
    expect(outcome).to.equal('waiting');
    // Then the turns of the event loop in which pending I/O is let in.
    for (let turn = 0; turn < 3; turn += 1) await clock.tickAsync(1);
    expect(outcome).to.equal(TIMED_OUT);
  });

  it('leaves no timer behind when the promise settles', async () => {
    await within(Promise.resolve(1), 100);
    await within(Promise.reject(new Error('own')), 100).catch(() => undefined);
    await clock.tickAsync(0);
    expect(clock.countTimers()).to.equal(0);
  });

  it('swallows a rejection that comes too late', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const work = new Deferred();
      const outcome = within(work.promise, 100);
      await clock.tickAsync(200);
      work.reject(new Error('late'));
      expect(await outcome).to.equal(TIMED_OUT);
      clock.restore();
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unhandled).to.deep.equal([]);
  });
});

describe('within a process whose event loop was blocked', () => {
  it('an answer that is already there counts, though its time is over', async () => {
    const answer = promisify(pbkdf2)('secret', 'salt', 1, 16, 'sha256');
    const outcome = within(answer, 20);
    blockFor(150);
    expect(await outcome).not.to.equal(TIMED_OUT);
  });
});

describe('sleep', () => {
  it('resolves after the time given, and not before', async () => {
    const clock = useFakeTimers();
    try {
      let awake = false;
      void sleep(100, 'lets the process end').then(() => (awake = true));
      await clock.tickAsync(99);
      expect(awake).to.equal(false);
      await clock.tickAsync(1);
      expect(awake).to.equal(true);
    } finally {
      clock.restore();
    }
  });
});

describe('a timer', () => {
  it('never keeps the process alive', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', PROGRAM], { timeout: 8_000 });
    expect(stdout).to.equal('started');
  });
});

function blockFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
