import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';

import { LiveTable } from '../../lib/cli/top/live-table.js';
import { unreachable } from '../../lib/cli/failure.js';
import { describeInOneDialect } from '../support/dialect.js';
import { findFreePort } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { cli, CliProcess, Sink } from './cli.js';

/** A service with a cache, whose statistics are at an address. */
class Service {
  readonly cache: Cache = createCache({ store: new MemoryStore(), name: 'shop' });
  readonly port: number;
  asked = 0;
  #server: Server | undefined;

  constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/stats`;
  }

  async begin(): Promise<void> {
    this.#server = createServer((_request, response) => {
      this.asked += 1;
      void this.#call().then(() => response.end(JSON.stringify({ stats: this.cache.stats() })));
    }).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Something happens between any two looks. */
  async #call(): Promise<void> {
    for (let id = 0; id < 10; id += 1)
      await this.cache.getOrLoad(key`user:${id}`, () => Promise.resolve(id), { ttl: '1m' });
  }
}

describeInOneDialect('freshkeep top', () => {
  let service: Service;

  beforeEach(async () => {
    service = new Service(await findFreePort());
    await service.begin();
  });

  afterEach(async () => {
    await service.end();
    await service.cache.close();
  });

  it('prints tables one after the other where there is no terminal, goes on while nobody answers, and ends with a signal', async () => {
    const top = new CliProcess(['top', service.url, '--interval', '100ms']);
    await until(() => (top.stdout.match(/in the last/g) ?? []).length >= 2);
    await service.end();
    await until(() => top.stdout.includes('connection refused'));
    const { length } = top.stdout;
    await service.begin();
    await until(() => top.stdout.slice(length).includes('user:{}'));
    top.child.kill('SIGINT');
    const { code, stdout, stderr } = await top.ended();
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.contain('since counting began').and.not.to.contain('\u001b');
  });

  it('prints a line of JSON for each look, until whoever reads them has seen enough', async () => {
    const top = new CliProcess(['top', service.url, '--interval', '100ms', '--json']);
    await until(() => top.stdout.split('\n').length > 3);
    top.child.stdout.destroy();
    const [code] = (await once(top.child, 'exit')) as [number];
    expect(code).to.equal(0);
    const looks = top.stdout
      .split('\n')
      .slice(0, 3)
      .map((line) => JSON.parse(line) as object);
    expect(looks[0]).to.have.nested.property('caches[0].interval.of', 'since it began');
    expect(looks[2]).to.have.nested.property('caches[0].interval.of', 'last interval');
    expect(looks[2]).to.have.nested.property('caches[0].interval.patterns[0].pattern', 'user:{}');
  });

  it('waits for an interval that is longer than any timer, and does not ask without a pause', async () => {
    const top = new CliProcess(['top', service.url, '--interval', '30d', '--json']);
    await until(() => top.stdout.includes('\n'));
    const asked = service.asked;
    await pause(100);
    expect(service.asked).to.equal(asked);
    top.child.kill('SIGINT');
    const { code, stderr } = await top.ended();
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('prints one interval, with --once', async () => {
    const { code, stdout } = await cli('top', service.url, '--once', '--interval', '100ms');
    expect(code).to.equal(0);
    expect(stdout.match(/calls\/s in the last/g)).to.have.length(1);
    const asJson = await cli('top', service.url, '--once', '--interval', '100ms', '--json');
    expect(asJson.stdout.trim().split('\n')).to.have.length(1);
  });

  it('gives up on an address that has never answered, and refuses what is none', async () => {
    await service.end();
    const { code, stderr } = await cli('top', service.url);
    expect([code, stderr.includes('connection refused')]).to.deep.equal([3, true]);
    expect((await cli('top', 'stats.json')).code).to.equal(2);
    expect((await cli('top', service.url, '--sort', 'hits')).stderr).to.contain('--sort must be one of calls, hit');
    expect((await cli('top', service.url, '--interval', '10ms')).stderr).to.contain('at least 100 ms');
  });
});

describeInOneDialect('freshkeep top in a terminal', () => {
  const ENTER = '\u001b[?1049h';
  const LEAVE = '\u001b[?1049l';
  const source = { shown: 'http://127.0.0.1/stats', read: () => Promise.resolve([]) };
  const watch = { source, interval: 1_000, sort: 'calls', once: false } as const;

  it('takes the screen with the first look, draws anew when its size changes, and gives back what was there', () => {
    const terminal = new Sink({ columns: 60, rows: 10 });
    const table = new LiveTable(watch, terminal.asOutput(), () => undefined);
    expect(terminal.text).to.equal('');
    table.show({ at: Date.now(), caches: [] });
    expect(terminal.text.startsWith(`${ENTER}\u001b[?25l`)).to.equal(true);
    const { length } = terminal.text;
    terminal.resize({ columns: 30, rows: 10 });
    // No longer than the terminal is wide.
    expect(visible(terminal.text.slice(length)).split('\r\n')[0]).to.have.length(30);
    table.close();
    expect(terminal.text.endsWith(LEAVE)).to.equal(true);
    const ended = terminal.text.length;
    terminal.resize({ columns: 40, rows: 10 });
    expect(terminal.text).to.have.length(ended);
  });

  it('keeps what it knows on the screen while the address does not answer, and says since when', () => {
    const terminal = new Sink({ columns: 100, rows: 10 });
    const table = new LiveTable(watch, terminal.asOutput(), () => undefined);
    table.show({ at: Date.now(), caches: [] });
    table.show({ at: Date.now(), failure: unreachable('nobody listens there\u001b[2J') });
    table.close();
    expect(visible(terminal.text)).to.match(/no answer since \d\d:\d\d:\d\d: nobody listens there\\u001b/);
  });
});

/** Without the marks for the terminal. */
function visible(text: string): string {
  return text.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
}
