import { bootstrapCache } from './bootstrap-cache.js';
import { CacheOutcomes } from './cache-outcome.js';
import { readConfiguration } from './configuration.js';
import { openDatabase } from './database.js';
import { FAULTS } from './faults/index.js';
import { HOST, listen } from './listen.js';
import { mountDashboard } from './mount-dashboard.js';
import { createServer } from './server.js';
import { startOrExplain } from './start-or-explain.js';
import { stopOnSignal } from './stop-on-signal.js';
import { Traffic } from './traffic.js';
import { UserService } from './user-service.js';

await startOrExplain(start);

async function start(): Promise<void> {
  const { port, redisUrl, fault } = readConfiguration(process.env);
  const traffic = new Traffic();
  const { cache, close: closeCache } = await bootstrapCache(redisUrl, () => !traffic.isOn);
  const database = await openDatabase();
  const users = fault === undefined ? new UserService(database) : new FAULTS[fault](database);
  const server = createServer(users, new CacheOutcomes(cache));
  await mountDashboard(server, cache, traffic);
  const listeningPort = await listen(server, port, 'npm start');
  traffic.url = `http://${HOST}:${listeningPort}`;
  stopOnSignal(async () => {
    traffic.stop();
    await server.close();
    await closeCache();
    await database.close();
  });
  printUsage(listeningPort, redisUrl === undefined ? 'memory' : 'Redis');
}

function printUsage(port: number, store: string): void {
  const url = `http://${HOST}:${port}/users`;
  process.stdout.write(`
The users service listens on http://${HOST}:${port} and keeps entries in ${store}. Try:

  curl -i ${url}/1      # x-cache: miss, then hit; stale after 5 s, refreshed behind your back
  curl -i -X PUT ${url}/1 -H 'content-type: application/json' -d '{"name":"Augusta Ada King"}'
  curl -i ${url}/1      # miss again, with the new name
  curl -i ${url}/99     # 404, and nothing is cached
  curl -i ${url}/one    # 400

See what the cache does at http://${HOST}:${port}/cache, and press "Make traffic" there. With FAULT=stampede npm start the
service has a fault, which the page finds: one of ${Object.keys(FAULTS).join(', ')}.

Ctrl+C stops it. Each load of the source is logged below.

`);
}
