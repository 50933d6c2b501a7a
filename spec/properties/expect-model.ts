import { inspect, isDeepStrictEqual } from 'node:util';

import { AssertionError, expect } from 'chai';
import fc from 'fast-check';

import { Model } from './model.js';
import { Player, type Defer } from './player.js';
import { programs } from './programs.js';
import type { Outcome } from './step.js';
import type { StoreUnderTest } from './stores-under-test.js';
import { TIMES } from './times.js';

let played = 0;

/** Every program is answered as the model says. A failure tells its seed, and the shortest program that fails. */
export async function expectModel(subject: StoreUnderTest, numRuns: number): Promise<void> {
  try {
    await fc.assert(property(subject), { numRuns: numRuns * TIMES });
  } finally {
    await subject.end();
  }
}

/** The control: among so many programs there is one that finds out what is wrong. */
export async function expectFoundOut(subject: StoreUnderTest, numRuns: number, defer?: Defer): Promise<void> {
  try {
    const details = await fc.check(property(subject, defer), { numRuns, endOnFailure: true });
    expect(details.errorInstance).to.be.instanceOf(AssertionError);
  } finally {
    await subject.end();
  }
}

function property(subject: StoreUnderTest, defer?: Defer) {
  return fc.asyncProperty(programs, async (program) => {
    await subject.cache.clear();
    played += 1;
    const player = new Player({ ...subject, name: `program ${played}`, ...(defer && { defer }) });
    expectSame(await player.outcomesOf(program), new Model().outcomesOf(program));
  });
}

/** Tells the first step that was answered otherwise. */
function expectSame(actual: readonly Outcome[], expected: readonly Outcome[]): void {
  const index = expected.findIndex((outcome, at) => !isDeepStrictEqual(actual[at], outcome));
  expect(actual[index], `step ${index} of ${inspect(expected, { depth: 5 })}`).to.deep.equal(expected[index]);
  expect(actual.length).to.equal(expected.length);
}
