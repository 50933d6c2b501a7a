import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type Direction = OneDirection | 'both';

type OneDirection = 'to server' | 'to client';

/** A connection is a subscriber's once its client has sent SUBSCRIBE, SSUBSCRIBE or PSUBSCRIBE over it, and stays one. */
export type ConnectionKind = 'all' | 'subscribers';

export interface FaultOptions {
  /** Which connections suffer, those to come included. Default: `all`. */
  readonly only?: ConnectionKind;
}

/** A line to one Redis on which things go wrong as a spec likes, on the same port from the first start on. */
export class FaultProxy {
  readonly #target: number;
  readonly #faults = new Faults();
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #port = 0;

  constructor(targetPort: number) {
    this.#target = targetPort;
  }

  get port(): number {
    return this.#port;
  }

  /** Messages of pub/sub that no client got. */
  get dropped(): number {
    return this.#faults.dropped;
  }

  /** Messages of pub/sub that a client got twice. */
  get duplicated(): number {
    return this.#faults.duplicated;
  }

  async start(): Promise<void> {
    this.#server = createServer({ noDelay: true }, (near) => {
      this.#join(near);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.reset();
    await this.#refuse();
  }

  /** Resets the connections and refuses new ones; those of subscribers as soon as they ask to subscribe. */
  async cut(options: FaultOptions = {}): Promise<void> {
    this.#faults.cut = options.only ?? 'all';
    for (const connection of this.#connections) if (connection.isOf(this.#faults.cut)) connection.reset();
    if (this.#faults.cut === 'all') await this.#refuse();
  }

  /** Both directions, each in order. Bytes that are on their way are not hurried up when the delay ends. */
  delay(milliseconds: number, options: FaultOptions = {}): void {
    this.#faults.delay = { milliseconds, only: options.only ?? 'all' };
  }

  /**
   * What is sent in this direction vanishes, a farewell included, while the connection seems to be fine to its sender.
   * Replaces the black hole there was. A connection that lost something is reset when its black hole ends: with a gap in it,
   * which TCP never leaves, replies would be taken for those to other requests.
   */
  blackHole(direction: Direction | undefined, options: FaultOptions = {}): void {
    this.#faults.blackHole = direction && { direction, only: options.only ?? 'all' };
    for (const connection of this.#connections) if (connection.hasGap) connection.reset();
  }

  /** Drops the next messages that would reach subscribers: of one message to two of them, this counts as two. */
  dropMessages(count: number): void {
    this.#faults.toDrop = count;
  }

  /** Sends the next messages to subscribers twice. Those that are to be dropped come first. */
  duplicateMessages(count: number): void {
    this.#faults.toDuplicate = count;
  }

  /** Ends all of it. */
  async mend(): Promise<void> {
    this.#faults.cut = undefined;
    this.delay(0);
    this.blackHole(undefined);
    this.dropMessages(0);
    this.duplicateMessages(0);
    if (this.#server === undefined) await this.start();
  }

  async #refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    await once(server, 'close');
  }

  #join(near: Socket): void {
    const far = createConnection({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const connection = new Connection(near, far, this.#faults);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }
}

/** What is wrong at present, and what went wrong. */
class Faults {
  cut: ConnectionKind | undefined;
  delay: { readonly milliseconds: number; readonly only: ConnectionKind } = { milliseconds: 0, only: 'all' };
  blackHole: { readonly direction: Direction; readonly only: ConnectionKind } | undefined;
  toDrop = 0;
  toDuplicate = 0;
  dropped = 0;
  duplicated = 0;

  /** How often a message is to be sent. */
  takeMessage(): 0 | 1 | 2 {
    if (this.toDrop > 0) {
      this.toDrop -= 1;
      this.dropped += 1;
      return 0;
    }
    if (this.toDuplicate > 0) {
      this.toDuplicate -= 1;
      this.duplicated += 1;
      return 2;
    }
    return 1;
  }
}

/** From a client (near) to the server (far). Everything is passed on by whole requests and replies. */
class Connection {
  readonly closed: Promise<unknown>;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #faults: Faults;
  #isSubscriber = false;
  /** Of RESP; HELLO changes it. */
  #protocol = 2;
  #hasGap = false;

  constructor(near: Socket, far: Socket, faults: Faults) {
    this.#near = near;
    this.#far = far;
    this.#faults = faults;
    this.closed = Promise.all([near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    this.#carry('to server', near, far);
    this.#carry('to client', far, near);
  }

  get hasGap(): boolean {
    return this.#hasGap;
  }

  isOf(kind: ConnectionKind): boolean {
    return kind === 'all' || this.#isSubscriber;
  }

  /** RST, to both sides. */
  reset(): void {
    for (const socket of [this.#near, this.#far]) resetSocket(socket);
  }

  #carry(direction: OneDirection, from: Socket, to: Socket): void {
    const frames = new FrameSplitter();
    const later = new OrderedDelay();
    from.on('data', (chunk: Buffer) => {
      const passed = frames.split(chunk).flatMap((frame) => this.#pass(direction, frame));
      if (passed.length > 0)
        later.after(this.#delay(), () => {
          if (to.writable) to.write(Buffer.concat(passed));
        });
    });
    // The event `close` follows.
    from.on('error', () => undefined);
    from.on('close', (hadError: boolean) => {
      if (this.#swallows(direction)) return;
      later.after(this.#delay(), () => {
        if (hadError) resetSocket(to);
        else to.destroySoon();
      });
    });
  }

  /** What is passed on of this. */
  #pass(direction: OneDirection, frame: Buffer): Buffer[] {
    if (direction === 'to server') this.#heed(frame);
    if (this.#swallows(direction)) return [];
    if (direction === 'to server' || !this.#isMessage(frame)) return [frame];
    return Array.from({ length: this.#faults.takeMessage() }, () => frame);
  }

  /** Called for something to be passed on: it is lost when this says so. */
  #swallows(direction: OneDirection): boolean {
    const hole = this.#faults.blackHole;
    if (hole === undefined || !this.isOf(hole.only)) return false;
    if (hole.direction !== 'both' && hole.direction !== direction) return false;
    this.#hasGap = true;
    return true;
  }

  #delay(): number {
    const { milliseconds, only } = this.#faults.delay;
    return this.isOf(only) ? milliseconds : 0;
  }

  /** Notes what a request makes of the connection. */
  #heed(request: Buffer): void {
    const [command, argument] = firstWords(request);
    if (command === 'HELLO' && argument !== undefined) this.#protocol = Number(argument);
    if (command !== undefined && SUBSCRIBING.has(command)) {
      this.#isSubscriber = true;
      if (this.#faults.cut !== undefined) this.reset();
    }
  }

  #isMessage(reply: Buffer): boolean {
    return this.#isSubscriber && isMessage(reply, this.#protocol);
  }
}

const SUBSCRIBING = new Set(['SUBSCRIBE', 'SSUBSCRIBE', 'PSUBSCRIBE']);

/** Cuts a stream of RESP into whole values, each as the bytes it is. */
class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  split(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let start = 0;
    for (let end = frameEnd(bytes, start); end !== undefined; end = frameEnd(bytes, start)) {
      frames.push(bytes.subarray(start, end));
      start = end;
    }
    this.#rest = bytes.subarray(start);
    return frames;
  }
}

/** Where the value that begins at `start` ends; undefined when it is not all there. */
function frameEnd(bytes: Buffer, start: number): number | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const rest = lineEnd + 2;
  const length = Number(bytes.toString('latin1', start + 1, lineEnd));
  switch (bytes.toString('latin1', start, start + 1)) {
    case '$':
    case '=':
    case '!':
      return length < 0 ? rest : within(bytes, rest + length + 2);
    case '*':
    case '~':
    case '>':
      return framesEnd(bytes, rest, length);
    case '%':
      return framesEnd(bytes, rest, 2 * length);
    // Attributes come before the value they are about.
    case '|':
      return framesEnd(bytes, rest, 2 * length + 1);
    default:
      return rest;
  }
}

function framesEnd(bytes: Buffer, start: number, count: number): number | undefined {
  let end: number | undefined = start;
  for (let frame = 0; frame < count && end !== undefined; frame += 1) end = frameEnd(bytes, end);
  return end;
}

function within(bytes: Buffer, end: number): number | undefined {
  return end <= bytes.length ? end : undefined;
}

/** The command and its first argument, in capitals. */
function firstWords(request: Buffer): string[] {
  const [head, , command, , argument] = request.toString('latin1', 0, 64).toUpperCase().split('\r\n');
  return head?.startsWith('*') === true ? [command, argument].filter((word) => word !== undefined) : [];
}

/** In RESP3 messages are pushes, and an array that looks like one is a reply. */
function isMessage(reply: Buffer, protocol: number): boolean {
  const start = reply.toString('latin1', 0, 24);
  return start.startsWith(protocol === 3 ? '>' : '*') && MESSAGE.test(start);
}

const MESSAGE = /^.(3\r\n\$7\r\nmessage|3\r\n\$8\r\nsmessage|4\r\n\$8\r\npmessage)\r\n/;

/** Does one thing after the other, none before its delay is over. */
class OrderedDelay {
  readonly #waiting: { readonly dueAt: number; readonly act: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  after(milliseconds: number, act: () => void): void {
    this.#waiting.push({ dueAt: performance.now() + milliseconds, act });
    if (this.#timer === undefined) this.#actWhenDue();
  }

  #actWhenDue(): void {
    this.#timer = undefined;
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const early = first.dueAt - performance.now();
      if (early > 0) {
        this.#timer = setTimeout(() => {
          this.#actWhenDue();
        }, Math.ceil(early));
        return;
      }
      this.#waiting.shift();
      first.act();
    }
  }
}

function resetSocket(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
