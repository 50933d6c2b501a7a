// A contender's own process. It does nothing until it is asked for a round, so that contenders can take turns.
import { argument, obey } from '../obey.js';
import { percentile } from '../statistics.js';
import type { Call } from './caller.js';
import type { Order, Round, WorkOptions } from './order.js';
import { openWork } from './work.js';

const { source, caller, call, prepare, close } = await openWork(argument() as WorkOptions);

obey(async (order: Order): Promise<Round> => {
  await prepare(order.calls);
  const loads = source.loads;
  const round = await time(order);
  return { ...round, loads: source.loads - loads };
}, close);

async function time(order: Order): Promise<Omit<Round, 'loads'>> {
  const latencies = order.eachCall ? new Float64Array(order.calls) : undefined;
  const timed = latencies === undefined ? call : timing(call, latencies);
  const [startedAt, usedBefore] = [process.hrtime.bigint(), process.cpuUsage()];
  await caller.run(timed, order);
  const nanoseconds = Number(process.hrtime.bigint() - startedAt) / order.calls;
  const { user, system } = process.cpuUsage(usedBefore);
  const round = { nanoseconds, cpuMicroseconds: (user + system) / order.calls };
  return latencies === undefined ? round : { ...round, p99Milliseconds: percentile(latencies, 0.99) };
}

/** For calls so slow that looking at the clock does not matter. */
function timing(slowCall: Call, latencies: Float64Array): Call {
  let answered = 0;
  return async (id) => {
    const calledAt = performance.now();
    await slowCall(id);
    latencies[answered] = performance.now() - calledAt;
    answered += 1;
  };
}
