import { FaultProxy, type Direction, type FaultOptions } from '../support/fault-proxy.js';
import type { Address, NatMap } from './backing.js';

const HOST = '127.0.0.1';

/** The way of one process to all servers, with a proxy before each: what happens to the line happens to all of them. */
export class Line {
  readonly #proxies: ReadonlyMap<number, FaultProxy>;

  static async start(ports: readonly number[]): Promise<Line> {
    const proxies = new Map(ports.map((port) => [port, new FaultProxy(port)]));
    await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
    return new Line(proxies);
  }

  private constructor(proxies: ReadonlyMap<number, FaultProxy>) {
    this.#proxies = proxies;
  }

  /** Where the server on `port` is for the process. */
  addressOf(port: number): Address {
    const proxy = this.#proxies.get(port);
    if (proxy === undefined) throw new Error(`Expected a server of the line, got port ${port}`);
    return { host: HOST, port: proxy.port };
  }

  get natMap(): NatMap {
    return Object.fromEntries([...this.#proxies.keys()].map((port) => [`${HOST}:${port}`, this.addressOf(port)]));
  }

  async cut(options?: FaultOptions): Promise<void> {
    await this.#all((proxy) => proxy.cut(options));
  }

  delay(milliseconds: number): void {
    for (const proxy of this.#proxies.values()) proxy.delay(milliseconds);
  }

  blackHole(direction: Direction, options?: FaultOptions): void {
    for (const proxy of this.#proxies.values()) proxy.blackHole(direction, options);
  }

  dropMessages(count: number): void {
    for (const proxy of this.#proxies.values()) proxy.dropMessages(count);
  }

  duplicateMessages(count: number): void {
    for (const proxy of this.#proxies.values()) proxy.duplicateMessages(count);
  }

  async mend(): Promise<void> {
    await this.#all((proxy) => proxy.mend());
  }

  async stop(): Promise<void> {
    await this.#all((proxy) => proxy.stop());
  }

  async #all(act: (proxy: FaultProxy) => Promise<void>): Promise<void> {
    await Promise.all([...this.#proxies.values()].map(act));
  }
}
