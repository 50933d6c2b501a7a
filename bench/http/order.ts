import type { Latencies } from '../open-loop/latencies.js';
import type { ServiceOptions } from '../open-service.js';

export interface ServerOptions {
  readonly service: ServiceOptions;
  readonly users: number;
}

/** What the server tells whenever it is asked. */
export interface ServerState {
  readonly port: number;
  /** Queries that have reached the database. */
  readonly queries: number;
  /** That the process has used, its database included. */
  readonly cpuMicroseconds: number;
}

export interface VisitorsOptions {
  readonly port: number;
  readonly users: number;
}

/** What visitors have seen. */
export interface Visit {
  readonly requests: number;
  readonly latencies: Latencies;
}
