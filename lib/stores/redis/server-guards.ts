import type { Cluster, Redis } from 'ioredis';

import type { BreakerState } from '../store.js';
import type { CircuitBreakerOptions } from './circuit-breaker.js';
import { addressOf, isMasterOf, masterFor, pingAll, pingMaster, type RedisClient } from './redis-client.js';
import { ServerGuard } from './server-guard.js';

export interface ServerGuardsOptions {
  readonly client: RedisClient;
  /** So many commands in a row must fail before a breaker opens. */
  readonly failures: number;
  /** Of each command, in milliseconds. */
  readonly deadline: number;
  /** What must be tried before a server is trusted again; never rejects. */
  readonly recover: () => Promise<unknown>;
  /** `server`: its address, in a Cluster. */
  readonly changed: (state: BreakerState, server: string | undefined) => void;
}

/** Of several servers, the worst tells. */
const WORST_FIRST: readonly BreakerState[] = ['open', 'half-open', 'closed'];

/**
 * The guards of all servers of a client: one, or in a Cluster one for each master, as one that is away says nothing about
 * the others. Who answers for a key changes with a failover: its commands are then those of another guard.
 */
export class ServerGuards {
  readonly #options: ServerGuardsOptions;
  /** Where there is one server; in a Cluster for keys that no master is known for. */
  readonly #whole: ServerGuard;
  readonly #cluster: Cluster | undefined;
  readonly #byMaster = new Map<string, ServerGuard>();

  constructor(options: ServerGuardsOptions) {
    const { client } = options;
    this.#options = options;
    this.#cluster = client.isCluster ? (client as Cluster) : undefined;
    this.#whole = this.#create({ probe: () => pingAll(client) });
  }

  /** The guard of the server that answers for the Redis key `name`. */
  of(name: string): ServerGuard {
    if (this.#cluster === undefined) return this.#whole;
    return this.#ofMaster(this.#cluster, masterFor(this.#cluster, name));
  }

  /** The guard of this master of the client. */
  ofServer(server: Redis): ServerGuard {
    return this.#cluster === undefined ? this.#whole : this.#ofMaster(this.#cluster, addressOf(server));
  }

  /** `undefined` where there are no breakers. */
  get state(): BreakerState | undefined {
    if (this.#options.failures === Infinity) return undefined;
    const states = new Set([this.#whole, ...this.#byMaster.values()].map(({ state }) => state));
    return WORST_FIRST.find((state) => states.has(state)) ?? 'closed';
  }

  #ofMaster(cluster: Cluster, master: string | undefined): ServerGuard {
    if (master === undefined) return this.#whole;
    const known = this.#byMaster.get(master);
    if (known !== undefined) return known;
    this.#forgetFormerMasters(cluster);
    const guard = this.#create({
      server: master,
      probe: () => pingMaster(cluster, master),
      replaced: () => {
        // ioredis learns of a failover from servers that answer, and this one does not; by itself it asks every 5 s.
        cluster.refreshSlotsCache();
        return !isMasterOf(cluster, master);
      },
    });
    this.#byMaster.set(master, guard);
    return guard;
  }

  #forgetFormerMasters(cluster: Cluster): void {
    for (const [master, { state }] of this.#byMaster) {
      if (state === 'closed' && !isMasterOf(cluster, master)) this.#byMaster.delete(master);
    }
  }

  #create({
    server,
    ...probing
  }: Pick<CircuitBreakerOptions, 'probe' | 'replaced'> & { server?: string }): ServerGuard {
    const { failures, deadline, recover, changed } = this.#options;
    return new ServerGuard({
      ...probing,
      failures,
      deadline,
      recover,
      changed: (state) => {
        changed(state, server);
      },
    });
  }
}
