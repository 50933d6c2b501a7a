import type { Fault } from './fault.js';
import type { Line } from './line.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** From the address that servers tell of each other to the one that leads there by the line of a process. */
export type NatMap = Readonly<Record<string, Address>>;

/** What a process needs to connect, as JSON. */
export type Connection =
  | { readonly kind: 'server'; readonly port: number }
  | { readonly kind: 'cluster'; readonly nodes: readonly Address[]; readonly natMap: NatMap }
  | {
      readonly kind: 'sentinel';
      readonly name: string;
      readonly sentinels: readonly Address[];
      readonly natMap: NatMap;
    };

/** The servers behind the processes of a history, and the lines to them. */
export interface Backing {
  /** One of each process. */
  readonly lines: readonly Line[];
  connection(process: number): Connection;
  stop(): Promise<void>;
}

export interface BackingKind<B extends Backing> {
  readonly start: (processes: number) => Promise<B>;
  /** What can happen to its servers. */
  readonly faults: readonly Fault<B>[];
}
