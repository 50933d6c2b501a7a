import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { StartError } from './configuration.js';

export const HOST = '127.0.0.1';

/**
 * Resolves to the port. `command` starts the sample: it is part of the advice.
 * @throws StartError when the port cannot be had
 */
export async function listen(server: FastifyInstance, port: number, command: string): Promise<number> {
  try {
    await server.listen({ host: HOST, port });
    return (server.server.address() as AddressInfo).port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EACCES' ? 'not allowed' : 'taken';
    throw new StartError(`Port ${port} is ${reason}. Choose another one, or 0 for any free one: PORT=0 ${command}`);
  }
}
