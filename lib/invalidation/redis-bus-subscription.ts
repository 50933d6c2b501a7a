import { now } from '../time/clock.js';
import { timerLength } from '../time/timers.js';
import type { BusPosition } from './bus-message.js';
import { BusSession } from './bus-session.js';
import type { BusHealth, BusListener, BusSubscription, BusTerms } from './invalidation-bus.js';
import { RedisBusConnection, type BusAddress } from './redis-bus-connection.js';

export interface RedisBusOptions {
  readonly address: BusAddress;
  /** Names the store that announces on this bus. */
  readonly origin: string;
  /** Where the bus stands; rejects in bounded time. */
  readonly position: () => Promise<BusPosition>;
}

/** How long a connection may take until it listens; the pauses between two of them. In milliseconds. */
const CONNECT_WITHIN = 2_000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** Beats in the time of a heartbeat: so a lost message is found out in time even where a beat comes late. */
const BEATS = 2;

/** Listens, connects again, and says until when what is kept may be trusted. */
export class RedisBusSubscription implements BusSubscription {
  trustedUntil = -Infinity;
  readonly #options: RedisBusOptions;
  readonly #listener: BusListener;
  readonly #terms: BusTerms;
  readonly #onClose: () => void;
  readonly #beats: NodeJS.Timeout;
  #session!: BusSession;
  #connection!: RedisBusConnection;
  #pause = FIRST_PAUSE;
  #closed = false;

  constructor(options: RedisBusOptions, listener: BusListener, terms: BusTerms, onClose: () => void) {
    this.#options = options;
    this.#listener = listener;
    this.#terms = terms;
    this.#onClose = onClose;
    this.#connect();
    this.#beats = setInterval(
      () => {
        this.#beat();
      },
      timerLength(terms.heartbeat / BEATS),
    ).unref();
  }

  health(): BusHealth {
    return {
      state: this.#session.isFollowing ? 'connected' : 'disconnected',
      lag: this.#session.isFollowing ? Math.round(now() - this.#session.certainAt) : 'unknown',
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#beats);
    this.#connection.close();
    this.trustedUntil = -Infinity;
    this.#onClose();
  }

  #connect(): void {
    const session = new BusSession({
      listener: this.#listener,
      position: this.#options.position,
      origin: this.#options.origin,
      onFollowing: () => {
        this.#pause = FIRST_PAUSE;
        this.#trust(now());
      },
    });
    this.#session = session;
    const connection: RedisBusConnection = new RedisBusConnection(this.#options.address, {
      subscribed: () => {
        session.begin(connection);
      },
      message: (text) => {
        session.receive(text);
      },
      refused: (error) => {
        this.#listener.failed(error);
      },
      lost: () => {
        this.trustedUntil = -Infinity;
        session.end(this.#closed ? 'closed' : 'lost');
        if (!this.#closed) this.#connectLater();
      },
    });
    this.#connection = connection;
  }

  #connectLater(): void {
    const pause = this.#pause * (1 - Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    setTimeout(() => {
      if (!this.#closed) this.#connect();
    }, pause).unref();
  }

  /** Messages that arrived while this process was held up are let in before it trusts on. */
  #beat(): void {
    const at = now();
    setImmediate(() => {
      setImmediate(() => {
        this.#trust(at);
      });
    });
    void this.#session.verify();
    if (this.#session.isFollowing) return;
    this.#wakeClient();
    if (at - this.#session.startedAt > CONNECT_WITHIN) this.#connection.close();
  }

  /** A client of a Cluster learns that another server has taken over only by a command that fails: while calls are rare, by this. */
  #wakeClient(): void {
    this.#options.position().catch(() => undefined);
  }

  #trust(at: number): void {
    if (this.#closed) return;
    const { heartbeat, maxSilence } = this.#terms;
    this.trustedUntil = Math.min(at + heartbeat, this.#session.certainAt + maxSilence);
  }
}
