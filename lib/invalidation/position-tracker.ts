import type { BusMessage, BusPosition } from './bus-message.js';

/**
 * Tells whether a stream of announcements has a gap, by their positions alone. It begins with a position that was read
 * after the stream had begun; what that reading included may still arrive.
 */
export class PositionTracker {
  #epoch: string | undefined;
  #first = 0;
  #last = 0;
  /** The latest message that came before the first position was read. */
  #early: BusPosition | undefined;

  /** Follows from `position`, whatever came before. */
  adopt({ epoch, sequence }: BusPosition): void {
    const early = this.#early?.epoch === epoch ? this.#early.sequence : 0;
    this.#epoch = epoch;
    this.#first = this.#last = Math.max(sequence, early);
    this.#early = undefined;
  }

  /** `known`: included in what was adopted. `early`: nothing was adopted yet. `gap`: it must be adopted, as others are missing. */
  receive(message: BusMessage): 'next' | 'known' | 'early' | 'gap' {
    if (this.#epoch === undefined) {
      this.#early = message;
      return 'early';
    }
    if (message.epoch === this.#epoch && message.sequence <= this.#first) return 'known';
    const next = message.sequence === this.#last + 1 && (message.epoch === this.#epoch || this.#epoch === '');
    if (!next) return 'gap';
    this.#epoch = message.epoch;
    this.#last = message.sequence;
    return 'next';
  }

  /** The sequence of the last message. */
  get last(): number {
    return this.#last;
  }

  /**
   * Against a position that was just read; `before`: the last message when it was asked for. `behind`: messages are missing, or
   * on their way. `replaced`: the data was, as it is of another epoch, or from before that message.
   */
  compare({ epoch, sequence }: BusPosition, before: number): 'in step' | 'behind' | 'replaced' {
    if (this.#epoch === '' && sequence === 0) return 'in step';
    if (epoch !== this.#epoch) return this.#epoch === '' ? 'behind' : 'replaced';
    if (sequence < before) return 'replaced';
    return sequence <= this.#last ? 'in step' : 'behind';
  }
}
