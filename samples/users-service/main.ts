import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { bootstrapCache } from './bootstrap-cache.js';
import { CacheOutcomes } from './cache-outcome.js';
import { readConfiguration, StartError } from './configuration.js';
import { openDatabase } from './database.js';
import { log } from './log.js';
import { createServer } from './server.js';
import { UserService } from './user-service.js';

const HOST = '127.0.0.1';

try {
  await start();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function start(): Promise<void> {
  const { port, redisUrl } = readConfiguration(process.env);
  const { cache, close: closeCache } = await bootstrapCache(redisUrl);
  const database = await openDatabase();
  const server = createServer(new UserService(database), new CacheOutcomes(cache));
  await listen(server, port);
  stopOnSignal(async () => {
    await server.close();
    await closeCache();
    await database.close();
  });
  printUsage(server.server.address() as AddressInfo, redisUrl === undefined ? 'memory' : 'Redis');
}

/** @throws StartError when the port cannot be had */
async function listen(server: FastifyInstance, port: number): Promise<void> {
  try {
    await server.listen({ host: HOST, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EACCES' ? 'not allowed' : 'taken';
    throw new StartError(`Port ${port} is ${reason}. Choose another one, or 0 for any free one: PORT=0 npm start`);
  }
}

/**
 * The first signal lets requests and background work end; with nothing left open the process then ends by itself. A
 * second signal does not wait.
 */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log(`${signal}: stopping`);
    stop().catch((error: unknown) => {
      log(`could not stop in order: ${String(error)}`);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}

function printUsage({ port }: AddressInfo, store: string): void {
  const url = `http://${HOST}:${port}/users`;
  process.stdout.write(`
The users service listens on http://${HOST}:${port} and keeps entries in ${store}. Try:

  curl -i ${url}/1      # x-cache: miss, then hit; stale after 5 s, refreshed behind your back
  curl -i -X PUT ${url}/1 -H 'content-type: application/json' -d '{"name":"Augusta Ada King"}'
  curl -i ${url}/1      # miss again, with the new name
  curl -i ${url}/99     # 404, and nothing is cached
  curl -i ${url}/one    # 400

Ctrl+C stops it. Each load of the source is logged below.

`);
}
