import { startOrExplain } from '../users-service/start-or-explain.js';
import { stopOnSignal } from '../users-service/stop-on-signal.js';
import { InstanceProcess } from './instance-process.js';
import { checkRedisServer, findMasterOf, startLocalRedisCluster } from './local-redis-cluster.js';
import { readPorts } from './ports.js';
import { SharedDatabase } from './shared-database.js';
import { describeUsage } from './usage.js';

await startOrExplain(start);

/** Whenever and however this process ends: Redis and the instances end with it. */
async function start(): Promise<void> {
  const ports = readPorts(process.env);
  checkRedisServer();
  const database = await SharedDatabase.open();
  const instances = [new InstanceProcess('first', database), new InstanceProcess('second', database)] as const;
  // While they load. Not while the database opens, which lets nothing else happen in this process for a second or more.
  const redis = await startLocalRedisCluster();
  await Promise.all(instances.map((instance, index) => instance.start({ port: ports[index]!, redis: redis.nodes })));
  stopOnSignal(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await redis.stop();
    await database.close();
  });
  const master = await findMasterOf(redis, 'user:1');
  const otherMaster = redis.ports.find((port) => port !== master.port)!;
  process.stdout.write(describeUsage({ instances, master, otherMaster }));
}
