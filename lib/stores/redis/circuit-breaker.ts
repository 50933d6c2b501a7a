import { now } from '../../time/clock.js';
import { sleep } from '../../time/timers.js';
import type { BreakerState } from '../store.js';

export interface CircuitBreakerOptions {
  /** So many commands in a row must have failed. */
  readonly failures: number;
  /** How long an answer may take to be one, in milliseconds. */
  readonly deadline: number;
  /** A command that harms nobody; it may settle as late as it likes. */
  readonly probe: () => Promise<unknown>;
  /** Asked at times while it is open: has another server taken over? Then nothing more is to be expected of this one. */
  readonly replaced?: () => boolean;
  /** What must be tried before the server is trusted again; never rejects. Its commands tell whether the server answers. */
  readonly recover: () => Promise<unknown>;
  readonly changed: (state: BreakerState) => void;
}

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;
/** A server that hangs answers these as soon as it can: more of them would only fill the client's queue. */
const MAX_UNANSWERED_PROBES = 3;

/** What recovery itself must be able to send. */
const RECOVERY: ReadonlySet<string> = new Set(['invalidate', 'clear']);

/**
 * Spares calls the deadline of a server that does not answer (M. Nygard, "Release It!", 2007: Circuit Breaker). Closed:
 * commands are sent. Open: they fail at once, and a probe is sent now and then; one that is answered in time makes it half-open.
 * Half-open: what was queued is replayed, and nothing else is sent; then it closes, if the server has answered all that. What
 * it refused stays queued, and is kept from being read by the queue itself.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #state: BreakerState = 'closed';
  #failures = 0;
  #unansweredProbes = 0;
  #probing = false;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get state(): BreakerState {
    return this.#state;
  }

  admits(operation: string): boolean {
    return this.#state === 'closed' || (this.#state === 'half-open' && RECOVERY.has(operation));
  }

  /** The server has answered in time, whatever it said. */
  answered(): void {
    this.#failures = 0;
  }

  /** A command was not answered in time, or its connection broke. */
  failed(): void {
    this.#failures += 1;
    const tolerated = this.#state === 'closed' ? this.#options.failures : 1;
    if (this.#state !== 'open' && this.#failures >= tolerated) this.#open();
  }

  #open(): void {
    this.#become('open');
    if (!this.#probing) void this.#probe();
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    for (let pause = FIRST_PAUSE; this.#state !== 'closed'; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      if (this.#state === 'open') this.#lookAround();
      await sleep(pause * (1 - Math.random() / 2), 'lets the process end');
    }
    this.#probing = false;
  }

  #lookAround(): void {
    if (this.#options.replaced?.() === true) void this.#recover();
    else if (this.#unansweredProbes < MAX_UNANSWERED_PROBES) void this.#probeOnce();
  }

  /** An answer that comes late is that of a server that was away, and may be back: the next one will tell. */
  async #probeOnce(): Promise<void> {
    this.#unansweredProbes += 1;
    const startedAt = now();
    try {
      await this.#options.probe();
      if (this.#state !== 'open') return;
      if (now() - startedAt <= this.#options.deadline) void this.#recover();
      else if (this.#unansweredProbes === 1) void this.#probeOnce();
    } catch {
      // Still away.
    } finally {
      this.#unansweredProbes -= 1;
    }
  }

  async #recover(): Promise<void> {
    this.#become('half-open');
    await this.#options.recover();
    // A command of the recovery that was not answered has opened it again.
    if (this.#state === 'half-open') this.#become('closed');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#failures = 0;
    this.#options.changed(state);
  }
}
