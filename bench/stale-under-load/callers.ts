// Calls a service at a fixed rate, in the process of the service.
import { argument, obey } from '../obey.js';
import { latenciesOf } from '../open-loop/latencies.js';
import { offerCalls, type Offer } from '../open-loop/offer.js';
import { openService } from '../open-service.js';
import { drawIds } from '../random.js';
import { SlowSource } from '../slow-source.js';
import type { CallersOptions, Served } from './order.js';

const { service: options, keys, sourceMilliseconds } = argument() as CallersOptions;
const source = new SlowSource({ value: 'user', milliseconds: sourceMilliseconds });
const service = await openService(options, source.load);
const ids = drawIds(keys, 'uniform');

obey(serve, () => service.close());

async function serve(offer: Offer): Promise<Served> {
  const loads = source.loads;
  const meanwhile = new Set<number>();
  const latencies = await offerCalls(offer, async (index) => {
    if (await isLoadedMeanwhile(ids[index % ids.length] ?? 1)) meanwhile.add(index);
  });
  return {
    all: latenciesOf(latencies),
    aroundExpiry: latenciesOf(latencies.filter((_, index) => meanwhile.has(index))),
    loads: source.loads - loads,
  };
}

/** Calls, and tells whether what it asked for was being loaded then, by whomever. */
async function isLoadedMeanwhile(id: number): Promise<boolean> {
  const [wasLoading, before] = [source.isLoading(id), source.loadsOf(id)];
  await service.find(id);
  return wasLoading || source.loadsOf(id) > before;
}
