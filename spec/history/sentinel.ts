import { startSentinelGroup, type SentinelGroup } from '../support/redis-sentinel.js';
import type { Backing, BackingKind, Connection } from './backing.js';
import { Line } from './line.js';
import { SENTINEL_FAULTS } from './sentinel-faults.js';

/** A master and its replica, watched by three sentinels, of which one may be away. */
export class SentinelBacking implements Backing {
  readonly group: SentinelGroup;
  readonly lines: readonly Line[];

  static async start(processes: number): Promise<SentinelBacking> {
    const group = await startSentinelGroup({ replicas: 1, sentinels: 3 });
    const ports = [...group.ports, ...group.sentinels.map(({ port }) => port)];
    const lines = await Promise.all(Array.from({ length: processes }, () => Line.start(ports)));
    return new SentinelBacking(group, lines);
  }

  private constructor(group: SentinelGroup, lines: readonly Line[]) {
    this.group = group;
    this.lines = lines;
  }

  connection(process: number): Connection {
    const line = this.lines[process]!;
    const sentinels = this.group.sentinels.map(({ port }) => line.addressOf(port));
    return { kind: 'sentinel', name: this.group.name, sentinels, natMap: line.natMap };
  }

  async stop(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.stop()));
    await this.group.stop();
  }
}

export const SENTINEL: BackingKind<SentinelBacking> = { start: SentinelBacking.start, faults: SENTINEL_FAULTS };
