import { seededRandom } from '../../spec/support/random.js';
import { shuffled } from '../random.js';
import { makeBodies, type Body } from './bodies.js';
import { METHODS, type Method } from './methods.js';

/** One thing that was done over and over. */
export interface Timed {
  readonly body: string;
  /** `JSON`, or the name of a method. */
  readonly method: string;
  readonly action: Action;
  /** Nanoseconds of a call, in the order in which the rounds were played: those of one index were played together. */
  readonly rounds: number[];
}

export type Action = 'write' | 'read' | 'write elsewhere' | 'read elsewhere';

/** What is left of a body. */
export interface Size {
  readonly body: string;
  readonly method: string;
  readonly before: number;
  readonly after: number;
}

export interface CompressionResults {
  readonly sizes: readonly Size[];
  readonly times: readonly Timed[];
}

interface Entrant {
  readonly timed: Timed;
  readonly call: () => unknown;
  readonly calls: number;
}

const ROUNDS = 25;
const WARM_UP_ROUNDS = 3;
/** Of a round, about: long enough for the clock, short enough for many rounds. */
const BYTES_PER_ROUND = 600_000;

export async function measureCompression(): Promise<CompressionResults> {
  const times: Timed[] = [];
  const sizes: Size[] = [];
  const random = seededRandom(5);
  for (const body of makeBodies()) {
    const entrants = [...jsonEntrants(body), ...METHODS.flatMap((method) => methodEntrants(body, method))];
    sizes.push(...METHODS.map((method) => sizeOf(body, method)));
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      for (const { timed, call, calls } of shuffled(entrants, random)) {
        const result = await play(call, calls);
        if (round >= 0) timed.rounds.push(result);
      }
    }
    times.push(...entrants.map(({ timed }) => timed));
  }
  return { sizes, times };
}

/** The floor: what every value costs that is stored or served. */
function jsonEntrants({ name, value, bytes }: Body): Entrant[] {
  const text = bytes.toString();
  return [
    entrant(name, 'JSON', 'write', bytes, () => Buffer.from(JSON.stringify(value))),
    entrant(name, 'JSON', 'read', bytes, () => JSON.parse(text) as unknown),
  ];
}

function methodEntrants({ name, bytes }: Body, method: Method): Entrant[] {
  const compressed = method.compress(bytes);
  return [
    entrant(name, method.name, 'write', bytes, () => method.compress(bytes)),
    entrant(name, method.name, 'read', bytes, () => method.decompress(compressed)),
    entrant(name, method.name, 'write elsewhere', bytes, () => method.compressElsewhere(bytes)),
    entrant(name, method.name, 'read elsewhere', bytes, () => method.decompressElsewhere(compressed)),
  ];
}

function entrant(body: string, method: string, action: Action, { length }: Buffer, call: () => unknown): Entrant {
  const calls = Math.max(5, Math.min(300, Math.round(BYTES_PER_ROUND / length)));
  return { timed: { body, method, action, rounds: [] }, call, calls };
}

function sizeOf({ name, bytes }: Body, method: Method): Size {
  return { body: name, method: method.name, before: bytes.length, after: method.compress(bytes).length };
}

/** One call after the other. Nanoseconds of one. */
async function play(call: () => unknown, calls: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < calls; index += 1) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - startedAt) / calls;
}
