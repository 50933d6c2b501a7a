import { now } from '../time/clock.js';
import { within } from '../time/timers.js';
import { parseMessage, type BusPosition } from './bus-message.js';
import type { BusListener } from './invalidation-bus.js';
import { PositionTracker } from './position-tracker.js';

/**
 * A message that was announced may still be on its way. For so long, in milliseconds, it is waited for, or for so many times as
 * long as the server took to say its position: on a long line a round trip alone may take longer.
 */
const GRACE = 50;
const ROUND_TRIPS = 3;

/** When the position was asked for, and what the last message was then. */
interface Question {
  readonly askedAt: number;
  readonly last: number;
}

/** A connection that listens to the bus: `ping` is answered after all messages that were sent before it. */
export interface BusConnection {
  ping(): Promise<void>;
  close(): void;
}

export interface BusSessionOptions {
  readonly listener: BusListener;
  /** Where the bus stands, as its server says; rejects in bounded time. */
  readonly position: () => Promise<BusPosition>;
  /** Whose messages need not be told: it has told of them itself. */
  readonly origin: string;
  /** Told when it is certain for the first time that no message is missing. */
  readonly onFollowing: () => void;
}

/** What arrives over one connection to the bus, and whether any of it is missing. */
export class BusSession {
  readonly startedAt = now();
  readonly #options: BusSessionOptions;
  readonly #tracker = new PositionTracker();
  #connection: BusConnection | undefined;
  #certainAt = -Infinity;
  #verifying = false;
  #over = false;

  constructor(options: BusSessionOptions) {
    this.#options = options;
  }

  /** The instant at which it was last certain that no message is missing; `-Infinity` before it ever was. */
  get certainAt(): number {
    return this.#certainAt;
  }

  get isFollowing(): boolean {
    return this.#certainAt > -Infinity;
  }

  /** The connection is listening: where the bus stands now is where its messages go on from. */
  begin(connection: BusConnection): void {
    this.#connection = connection;
    void this.verify();
  }

  /** `closed` by whoever listens: then there is nobody to tell. */
  end(why: 'lost' | 'closed'): void {
    this.#over = true;
    if (why === 'lost' && this.isFollowing) this.#options.listener.missed('disconnected');
    this.#certainAt = -Infinity;
  }

  receive(text: string): void {
    const message = parseMessage(text);
    const place = message === undefined ? 'gap' : this.#tracker.receive(message);
    if (place === 'gap') this.#miss(message);
    else if (place === 'next' && message !== undefined && message.origin !== this.#options.origin) {
      this.#options.listener.invalidated(message.what, 'another process');
    }
  }

  /** Is any message missing? Where the server does not answer nobody knows, and `certainAt` stays behind. */
  async verify(): Promise<void> {
    const connection = this.#connection;
    if (this.#verifying || connection === undefined) return;
    this.#verifying = true;
    const question = { askedAt: now(), last: this.#tracker.last };
    try {
      const position = await this.#options.position();
      if (!this.#over) await this.#compare(position, question, connection);
    } catch (error) {
      this.#options.listener.failed(error);
    } finally {
      this.#verifying = false;
    }
  }

  async #compare(position: BusPosition, { askedAt, last }: Question, connection: BusConnection): Promise<void> {
    if (!this.isFollowing) {
      this.#tracker.adopt(position);
      this.#options.listener.missed('connected');
      this.#certainAt = askedAt;
      this.#options.onFollowing();
      return;
    }
    switch (this.#tracker.compare(position, last)) {
      case 'in step':
        this.#certainAt = askedAt;
        return;
      case 'behind':
        await this.#catchUp(position, askedAt, connection);
        return;
      case 'replaced':
        this.#miss(position);
        this.#certainAt = askedAt;
    }
  }

  /** What was sent before the position was read has arrived when the ping is answered. */
  async #catchUp(position: BusPosition, askedAt: number, connection: BusConnection): Promise<void> {
    const grace = Math.max(GRACE, ROUND_TRIPS * (now() - askedAt));
    const answered = (await within(isAnswered(connection), grace)) === true;
    if (this.#over) return;
    if (this.#tracker.compare(position, 0) !== 'in step') this.#miss(position);
    if (answered) this.#certainAt = askedAt;
    else connection.close();
  }

  /** Goes on from `position`. Where it is not known, the next message, or the heartbeat, tells how many were missed. */
  #miss(position: BusPosition | undefined): void {
    if (position !== undefined) this.#tracker.adopt(position);
    this.#options.listener.missed('messages lost');
  }
}

async function isAnswered(connection: BusConnection): Promise<boolean> {
  try {
    await connection.ping();
    return true;
  } catch {
    return false;
  }
}
