import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';

import { BUS_FORMAT, formatAnnouncement } from '../../lib/invalidation/bus-message.js';
import { BusSession } from '../../lib/invalidation/bus-session.js';
import { Deferred } from '../support/deferred.js';

describe('What arrives over one connection to the bus', () => {
  let clock: SinonFakeTimers;
  let told: string[];
  let position: { epoch: string; sequence: number };
  let failure: Error | undefined;
  let failures: unknown[];
  let answer: Promise<void> | undefined;
  let pong: Promise<void>;
  let closed: boolean;
  let followed: number;
  let session: BusSession;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    told = [];
    failures = [];
    position = { epoch: 'e', sequence: 7 };
    failure = answer = undefined;
    pong = Promise.resolve();
    closed = false;
    followed = 0;
    session = new BusSession({
      listener: {
        invalidated: (what, by) => told.push(`${what === 'all' ? what : what.keys.join()} by ${by}`),
        missed: (gap) => told.push(gap),
        failed: (error) => failures.push(error),
      },
      position: async () => {
        await answer;
        if (failure !== undefined) throw failure;
        return { ...position };
      },
      origin: 'here',
      onFollowing: () => {
        followed += 1;
      },
    });
  });

  afterEach(() => {
    clock.restore();
  });

  async function begin(): Promise<void> {
    session.begin({
      ping: () => pong,
      close: () => {
        closed = true;
      },
    });
    await clock.tickAsync(0);
  }

  /** Begun, and what it told at the beginning forgotten. */
  async function follow(): Promise<void> {
    await begin();
    told.length = 0;
  }

  function arrive(sequence: number, keys: readonly string[], origin = 'there'): void {
    session.receive(`${BUS_FORMAT}e ${sequence} ${formatAnnouncement(origin, { keys, tags: [] })}`);
  }

  it('is followed from the position on, once what was kept before is dropped', async () => {
    expect(session.isFollowing).to.equal(false);
    await begin();
    expect([told, followed, session.isFollowing]).to.deep.equal([['connected'], 1, true]);
    arrive(8, ['a']);
    arrive(9, ['b']);
    expect(told).to.deep.equal(['connected', 'a by another process', 'b by another process']);
  });

  it('is not followed before the position is known, and then goes on without a gap', async () => {
    const gate = new Deferred();
    answer = gate.promise;
    await begin();
    arrive(8, ['a']);
    expect([told, session.isFollowing]).to.deep.equal([[], false]);
    gate.resolve();
    await clock.tickAsync(0);
    arrive(9, ['b']);
    expect(told).to.deep.equal(['connected', 'b by another process']);
  });

  it('is not followed while the position cannot be read, and is as soon as it can', async () => {
    failure = new Error('away');
    await begin();
    expect([session.isFollowing, failures]).to.deep.equal([false, [failure]]);
    failure = undefined;
    await session.verify();
    expect(session.isFollowing).to.equal(true);
  });

  it('counts messages of this process, and does not tell them again', async () => {
    await follow();
    arrive(8, ['a'], 'here');
    arrive(9, ['b']);
    expect(told).to.deep.equal(['b by another process']);
  });

  it('tells that messages were missed where one is left out, or is none', async () => {
    await follow();
    arrive(9, ['b']);
    expect(told).to.deep.equal(['messages lost']);
    arrive(10, ['c']);
    session.receive('junk');
    expect(told).to.deep.equal(['messages lost', 'c by another process', 'messages lost']);
  });

  it('is certain, as of the question, that nothing is missing while the position is that of the last message', async () => {
    await follow();
    arrive(8, ['a']);
    position.sequence = 8;
    await clock.tickAsync(400);
    const askedAt = performance.now();
    await session.verify();
    expect([session.certainAt, told]).to.deep.equal([askedAt, ['a by another process']]);
  });

  it('stays uncertain while the position cannot be read', async () => {
    await follow();
    const before = session.certainAt;
    await clock.tickAsync(400);
    failure = new Error('away');
    await session.verify();
    expect([session.certainAt, told]).to.deep.equal([before, []]);
  });

  it('waits for a message that is on its way, and tells of no loss', async () => {
    await follow();
    const reply = new Deferred();
    pong = reply.promise;
    position.sequence = 8;
    const verified = session.verify();
    await clock.tickAsync(10);
    arrive(8, ['a']);
    reply.resolve();
    await clock.tickAsync(0);
    await verified;
    expect([told, closed]).to.deep.equal([['a by another process'], false]);
  });

  it('tells of a loss where the message has not come before the answer to a ping, and goes on', async () => {
    await follow();
    position.sequence = 8;
    await session.verify();
    expect([told, closed]).to.deep.equal([['messages lost'], false]);
    arrive(9, ['b']);
    expect(told).to.deep.equal(['messages lost', 'b by another process']);
  });

  it('tells of a loss within 50 ms, and gives the connection up, where it answers no ping', async () => {
    await follow();
    pong = new Promise(() => undefined);
    position.sequence = 8;
    const verified = session.verify();
    await clock.tickAsync(60);
    await verified;
    expect([told, closed]).to.deep.equal([['messages lost'], true]);
  });

  it('waits longer on a long line', async () => {
    await follow();
    const [asked, reply] = [new Deferred(), new Deferred()];
    answer = asked.promise;
    pong = reply.promise;
    position.sequence = 8;
    const verified = session.verify();
    await clock.tickAsync(80);
    asked.resolve();
    await clock.tickAsync(160);
    arrive(8, ['a']);
    reply.resolve();
    await clock.tickAsync(0);
    await verified;
    expect([told, closed]).to.deep.equal([['a by another process'], false]);
  });

  it('gives the connection up where a ping is refused', async () => {
    await follow();
    pong = Promise.reject(new Error('closed'));
    position.sequence = 8;
    await session.verify();
    expect([told, closed]).to.deep.equal([['messages lost'], true]);
  });

  it('tells of a loss where Redis was emptied or replaced', async () => {
    await follow();
    for (const replaced of [
      { epoch: '', sequence: 0 },
      { epoch: 'f', sequence: 3 },
    ]) {
      position = replaced;
      await session.verify();
    }
    expect(told).to.deep.equal(['messages lost', 'messages lost']);
    expect(session.isFollowing).to.equal(true);
  });

  it('tells of a loss when the connection is lost, and is followed no more', async () => {
    await follow();
    session.end('lost');
    expect([told, session.isFollowing]).to.deep.equal([['disconnected'], false]);
  });

  it('tells nothing when it is closed', async () => {
    await follow();
    session.end('closed');
    expect([told, session.isFollowing]).to.deep.equal([[], false]);
  });

  it('tells of a loss where Redis has gone back to before the last message', async () => {
    await follow();
    arrive(8, ['a']);
    arrive(9, ['b']);
    told.length = 0;
    position.sequence = 8;
    await session.verify();
    expect(told).to.deep.equal(['messages lost']);
  });

  it('takes a position that was read before the last message came for none from the past', async () => {
    await follow();
    const gate = new Deferred();
    answer = gate.promise;
    const verified = session.verify();
    arrive(8, ['a']);
    gate.resolve();
    await verified;
    expect(told).to.deep.equal(['a by another process']);
  });

  it('lets no answer that comes after the loss of the connection make it followed again', async () => {
    const gate = new Deferred();
    answer = gate.promise;
    await begin();
    session.end('lost');
    gate.resolve();
    await clock.tickAsync(0);
    expect([told, session.isFollowing]).to.deep.equal([[], false]);
  });
});
