import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body, parsed. */
  readonly json: () => Record<string, unknown>;
}

export interface Question {
  readonly method?: string;
  /** `null`: none of this name is sent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

/** Asks as `fetch` would not: with any `Host`, and any header that only browsers may set. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
  const { host } = new URL(url);
  const all: Question['headers'] = { host, ...headers };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
  const asking = request(url, { method, headers: Object.fromEntries(sent), setHost: false, agent: false });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const answered = await text(response);
  return {
    status: response.statusCode!,
    headers: response.headers,
    text: answered,
    json: () => JSON.parse(answered) as Record<string, unknown>,
  };
}

/** Servers on 127.0.0.1 that are closed after each spec. */
export class Servers {
  readonly #servers = new Set<Server>();

  static forEachSpec(): Servers {
    const own = new Servers();
    afterEach(() => own.close());
    return own;
  }

  /** Where the server is, without a slash at the end. */
  async listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.#servers.add(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
    this.#servers.clear();
  }
}
