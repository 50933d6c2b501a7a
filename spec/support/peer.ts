/** The calls that one side of a channel answers: names to functions. */
type CallsOf<T> = { [N in keyof T]: (...args: never[]) => unknown };

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Answer<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What Node's `process` in a child and a `ChildProcess` in its parent have in common. */
interface Channel {
  send?: (message: object) => unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Message =
  | { readonly kind: 'ask'; readonly serial: number; readonly name: string; readonly args: unknown[] }
  | { readonly kind: 'answer'; readonly serial: number; readonly value?: unknown }
  | { readonly kind: 'failure'; readonly serial: number; readonly reason: string };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** One of two processes that ask each other questions over Node's own channel between parent and child. */
export class Peer<Theirs extends CallsOf<Theirs>> {
  readonly #channel: Channel;
  readonly #own: Record<string, (...args: never[]) => unknown>;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;
  #ended: Error | undefined;

  constructor(channel: Channel, own: CallsOf<object>) {
    this.#channel = channel;
    this.#own = own as Record<string, (...args: never[]) => unknown>;
    channel.on('message', (message) => void this.#receive(message as Message));
  }

  ask<N extends keyof Theirs & string>(name: N, ...args: Arguments<Theirs[N]>): Promise<Answer<Theirs[N]>> {
    this.#serial += 1;
    const serial = this.#serial;
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended;
      this.#waiting.set(serial, { resolve, reject });
      this.#send({ kind: 'ask', serial, name, args });
    }) as Promise<Answer<Theirs[N]>>;
  }

  /** The other side is gone: every question, open or to come, fails with `reason`. */
  end(reason: Error): void {
    this.#ended = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  async #receive(message: Message): Promise<void> {
    if (message.kind === 'ask') {
      this.#send(await this.#answer(message));
      return;
    }
    const waiting = this.#waiting.get(message.serial);
    this.#waiting.delete(message.serial);
    if (message.kind === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(new Error(message.reason));
  }

  async #answer({ serial, name, args }: Message & { kind: 'ask' }): Promise<Message> {
    try {
      const call = this.#own[name];
      if (call === undefined) throw new Error(`Nobody answers "${name}"`);
      return { kind: 'answer', serial, value: await (Reflect.apply(call, undefined, args) as unknown) };
    } catch (error) {
      return { kind: 'failure', serial, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #send(message: Message): void {
    if (this.#ended === undefined) this.#channel.send?.(message);
  }
}
