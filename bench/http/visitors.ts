// Asks a server at a fixed rate, over connections that stay open.
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

import { argument, obey } from '../obey.js';
import { latenciesOf } from '../open-loop/latencies.js';
import { offerCalls, type Offer } from '../open-loop/offer.js';
import { drawIds } from '../random.js';
import type { Visit, VisitorsOptions } from './order.js';

const CONNECTIONS = 64;

const { port, users } = argument() as VisitorsOptions;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const ids = drawIds(users, 'zipf');
let asked = 0;

obey(
  async (offer: Offer): Promise<Visit> => {
    const latencies = await offerCalls(offer, () => {
      asked += 1;
      return visit(ids[asked % ids.length] ?? 1);
    });
    return { requests: latencies.length, latencies: latenciesOf(latencies) };
  },
  async () => {
    agent.destroy();
  },
);

/** Resolves once the whole answer is there. */
async function visit(id: number): Promise<void> {
  const request = get({ agent, host: '127.0.0.1', port, path: `/users/${id}` });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`GET /users/${id}: ${response.statusCode}`);
  response.resume();
  await once(response, 'end');
}
