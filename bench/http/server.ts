// A service over HTTP: `GET /users/7`, answered by way of a library from a database.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { argument, obey } from '../obey.js';
import { openService } from '../open-service.js';
import type { ServerOptions, ServerState } from './order.js';
import { UsersDatabase } from './users-database.js';

const { service: options, users } = argument() as ServerOptions;
const database = await UsersDatabase.open(users);
const service = await openService(options, database.find);

const server = createServer((request, response) => {
  const id = Number(request.url?.slice('/users/'.length));
  void answer(id, response);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;

obey(
  async (): Promise<ServerState> => {
    const { user, system } = process.cpuUsage();
    return { port, queries: database.queries, cpuMicroseconds: user + system };
  },
  async () => {
    server.close();
    server.closeAllConnections();
    await service.close();
    await database.close();
  },
);

async function answer(id: number, response: ServerResponse): Promise<void> {
  const user = await service.find(id);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(user));
}
