import { HOST } from '../users-service/listen.js';
import type { InstanceProcess } from './instance-process.js';
import type { RedisNode } from './local-redis-cluster.js';

export interface Usage {
  readonly instances: readonly [InstanceProcess, InstanceProcess];
  /** The master that has the entry of user 1. */
  readonly master: RedisNode;
  /** The port of another one. */
  readonly otherMaster: number;
}

/** What can be tried. */
export function describeUsage({ instances: [one, other], master, otherMaster }: Usage): string {
  const first = `http://${HOST}:${one.port}`;
  const second = `http://${HOST}:${other.port}`;
  return `
Two instances of the users service share a database and a Redis Cluster, and keep copies in their memory:

  first   ${first}  process ${one.pid}
  second  ${second}  process ${other.pid}

Try:

  curl -i ${first}/users/1     # x-cache: miss, then hit; stale after 5 s
  curl -i ${second}/users/1     # hit, without a load of its own
  curl -i -X PUT ${first}/users/1 -H 'content-type: application/json' -d '{"name":"Augusta Ada King"}'
  curl -i ${second}/users/1     # the new name, at once
  curl ${second}/health         # copies (l1) trusted, bus connected, breaker closed

And then end the master that has this user: both instances go on, and a few seconds later its replica has taken over.

  kill -9 ${master.pid}
  redis-cli -p ${otherMaster} cluster nodes

Ctrl+C stops everything. Each load of the source is logged below, with the instance that asked for it.

`;
}
