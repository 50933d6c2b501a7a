import { startRedisCluster, type RedisCluster } from '../support/redis-cluster.js';
import type { Backing, BackingKind, Connection } from './backing.js';
import { CLUSTER_FAULTS } from './cluster-faults.js';
import { redisKey } from './keys.js';
import { Line } from './line.js';

/** Three masters, each with a replica. */
export class ClusterBacking implements Backing {
  readonly cluster: RedisCluster;
  readonly lines: readonly Line[];

  static async start(processes: number): Promise<ClusterBacking> {
    const cluster = await startRedisCluster({ masters: 3, replicasPerMaster: 1 });
    const ports = cluster.nodes.map(({ port }) => port);
    const lines = await Promise.all(Array.from({ length: processes }, () => Line.start(ports)));
    return new ClusterBacking(cluster, lines);
  }

  private constructor(cluster: RedisCluster, lines: readonly Line[]) {
    this.cluster = cluster;
    this.lines = lines;
  }

  connection(process: number): Connection {
    const line = this.lines[process]!;
    const nodes = this.cluster.nodes.map(({ port }) => line.addressOf(port));
    return { kind: 'cluster', nodes, natMap: line.natMap };
  }

  /** Those that this master serves. */
  async keysOf(master: number, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const slots = await this.cluster.slotsOf(keys.map(redisKey));
    const served = await this.cluster.slotRangesOf(master);
    const isServed = (slot: number) => served.some(([first, last]) => first <= slot && slot <= last);
    return new Set(keys.filter((_, index) => isServed(slots[index]!)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.stop()));
    await this.cluster.stop();
  }
}

export const CLUSTER: BackingKind<ClusterBacking> = { start: ClusterBacking.start, faults: CLUSTER_FAULTS };
