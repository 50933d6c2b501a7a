import type { FastifyInstance } from 'fastify';
import type { Cache } from 'freshkeep';
import { fastifyDashboard } from 'freshkeep/dashboard';

import { PER_SECOND, SECONDS, type Traffic } from './traffic.js';

/** At `/cache`, for whoever sits at this machine. */
export async function mountDashboard(server: FastifyInstance, cache: Cache, traffic: Traffic): Promise<void> {
  const run = () => {
    traffic.start();
    return `${PER_SECOND} requests each second, for ${SECONDS} s.`;
  };
  const dashboard = fastifyDashboard({ cache, allowInvalidation: true, actions: [{ name: 'Make traffic', run }] });
  await server.register(dashboard, { prefix: '/cache' });
}
