import { startRedis, type RedisServer } from './redis-server.js';

let shared: RedisServer | undefined;

/** One Redis for all specs that do not ask for one of their own. */
export async function mochaGlobalSetup(): Promise<void> {
  shared = await startRedis();
  process.env['FRESHKEEP_SPEC_REDIS_PORT'] = String(shared.port);
}

export async function mochaGlobalTeardown(): Promise<void> {
  await shared?.stop();
}
