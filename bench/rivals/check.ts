import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { startRedis } from '../../spec/support/redis-server.js';

/**
 * Does each rival answer rightly, as it is set up here? A process for each: some keep global state.
 * They are installed by `npm ci --prefix bench/rivals`.
 */

const RIVALS = [
  'type-cacheable',
  'bentocache',
  'cachified',
  'cacheable',
  'cache-manager',
  'async-cache-dedupe',
  'layered-loader',
];
/** In milliseconds, for all media of a library: some checks wait until an entry expires. */
const ENDS_WITHIN = 60_000;

const server = await startRedis();
try {
  for (const rival of RIVALS) {
    if (!(await isRight(rival))) process.exitCode = 1;
  }
} finally {
  await server.stop();
}

async function isRight(rival: string): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'check-library.ts'), [rival], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, BENCH_REDIS_PORT: String(server.port) },
    timeout: ENDS_WITHIN,
    killSignal: 'SIGKILL',
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal !== null) console.log(`${rival} did not end by itself within ${ENDS_WITHIN} ms`);
  return code === 0;
}
