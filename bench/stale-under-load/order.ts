import type { Latencies } from '../open-loop/latencies.js';
import type { ServiceOptions } from '../open-service.js';

/** What the process is started with. */
export interface CallersOptions {
  readonly service: ServiceOptions;
  readonly keys: number;
  readonly sourceMilliseconds: number;
}

/** What an offer has brought. */
export interface Served {
  readonly all: Latencies;
  /** Of calls for what was being loaded meanwhile. */
  readonly aroundExpiry: Latencies;
  readonly loads: number;
}
