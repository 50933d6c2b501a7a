/** The program of an instance: the users service, its database in the main process. See `instance-process.ts`. */
import { Peer } from '../../spec/support/peer.js';
import { CacheOutcomes } from '../users-service/cache-outcome.js';
import { listen } from '../users-service/listen.js';
import { createServer } from '../users-service/server.js';
import { UserService } from '../users-service/user-service.js';
import type { DatabaseCalls, InstanceCalls, InstanceOptions } from './instance-protocol.js';
import { RemoteDatabase } from './remote-database.js';
import { bootstrapTieredCache } from './tiered-cache.js';

let close = async (): Promise<void> => undefined;

const calls: InstanceCalls = { start, stop: () => close() };
const main = new Peer<DatabaseCalls>(process, calls);

// Ctrl+C reaches all processes of the terminal; an instance waits until the main process says so.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
// After `stop`, or because the main process is gone.
process.on('disconnect', () => process.exit());

async function start({ port, redis }: InstanceOptions): Promise<number> {
  const { cache, close: closeCache } = await bootstrapTieredCache(redis);
  const server = createServer(new UserService(new RemoteDatabase(main)), new CacheOutcomes(cache));
  server.get('/health', async () => cache.health());
  close = async () => {
    await server.close();
    await closeCache();
  };
  return listen(server, port, 'npm run cluster');
}
