import { describeThrown } from '../errors.js';
import { Failure, unreachable } from './failure.js';
import type { RedisAddress } from './redis-address.js';

type Known = readonly [mark: RegExp, says: string, hint?: string];

/** What is told of an error, by what its text has. The first that fits counts. */
const KNOWN: readonly Known[] = [
  [/ECONNREFUSED/, 'nobody listens there (connection refused)'],
  [/ENOTFOUND/, 'there is no such host'],
  [/EAI_AGAIN/, 'the name of the host cannot be looked up now'],
  [/WRONGPASS|invalid username-password/i, 'the user name or the password is wrong (WRONGPASS)'],
  [
    /NOAUTH|Authentication required/i,
    'it wants a password (NOAUTH)',
    'put it into the address: redis://:password@host, or redis://user:password@host',
  ],
  [/without any password configured/i, 'a password was given, and it has none for this user', 'leave it out'],
  // A command within a script has words of its own.
  [/NOPERM|user executing the script can't/, 'an ACL forbids it', 'docs/cli.md lists the commands that are needed'],
  [/LOADING/, 'it is still loading its data'],
  [/cluster support disabled/i, 'it is no node of a Cluster', 'leave --cluster out'],
  [/CLUSTERDOWN/, 'its Cluster is down'],
  [/MOVED /, 'it is a node of a Cluster', '--cluster asks all of its nodes'],
  [/DB index is out of range/i, 'it has no database of that number'],
  [/Protocol error|ParserError/i, 'what answers there is no Redis'],
  [
    /ERR_SSL|wrong version number|certificate|self[- ]signed/i,
    'no TLS could be agreed on',
    'rediss:// is with TLS, redis:// without',
  ],
  [/READONLY/, 'it is a replica, which takes no writes', 'give the address of the master'],
  [/ETIMEDOUT|timed out|\btimeout\b|within \d+ ms|deadline/i, 'it has not answered in time', '--timeout waits longer'],
];

const CLOSED = /ECONNRESET|EPIPE|Connection is closed|Socket closed/i;
/** Of one that has never said a word. */
const IS_IT_ONE: Known = [
  CLOSED,
  'it has closed the connection: is it a Redis?',
  'rediss:// is with TLS, redis:// without',
];
const HAS_GONE: Known = [CLOSED, 'it has closed the connection'];

/** `error`, of a server that could not be connected to, for the user. `first` is what the client told first, which may say more. */
export function unconnected(error: unknown, first: unknown, address: RedisAddress): Failure {
  return failureOf(error, first, address, [...KNOWN, IS_IT_ONE]);
}

/** `error`, of a server that has answered before, for the user. */
export function toFailure(error: unknown, address: RedisAddress, first?: unknown): Failure {
  return failureOf(error, first, address, [...KNOWN, HAS_GONE]);
}

function failureOf(error: unknown, first: unknown, { shown }: RedisAddress, known: readonly Known[]): Failure {
  if (error instanceof Failure) return error;
  const texts = [first, error].filter((each) => each !== undefined).map(describeDeeply);
  for (const text of texts) {
    const fitting = known.find(([mark]) => mark.test(text));
    if (fitting === undefined) continue;
    const [, says, hint] = fitting;
    return unreachable(`${shown}: ${says}${detailOf(text)}`, hint);
  }
  return unreachable(`${shown}: ${texts.join('; ')}`);
}

/** Which command, or which keys, an ACL forbids. */
function detailOf(text: string): string {
  const [detail] = /(?:NOPERM|[Tt]he user executing the script can't).*$/m.exec(text) ?? [];
  return detail === undefined ? '' : `: ${detail}`;
}

/** ioredis hides what has happened to the nodes of a Cluster within. */
function describeDeeply(error: unknown): string {
  const { lastNodeError, cause } = (error ?? {}) as { readonly lastNodeError?: unknown; readonly cause?: unknown };
  return [error, lastNodeError, cause]
    .filter((each) => each !== undefined)
    .map(describeThrown)
    .join('; ');
}
