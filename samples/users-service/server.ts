import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';

import type { CacheOutcomes } from './cache-outcome.js';
import { log } from './log.js';
import type { Users } from './users.js';

/** Ids are PostgreSQL's `integer`. */
const LARGEST_ID = 2 ** 31 - 1;

const NAME = { type: 'string', minLength: 1, maxLength: 100 };
const QUERY = { type: 'object', required: ['name'], additionalProperties: false, properties: { name: NAME } };
const BODY = { type: 'object', required: ['name'], additionalProperties: false, properties: { name: NAME } };

/** Something in the request does not fit; `statusCode` is what Fastify answers with. */
class RequestError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

interface UserRoute {
  Params: { readonly id: string };
}

/** `GET` and `PUT /users/:id`, `GET /users?name=`; `x-cache` says how the cache answered a `GET` of one user. */
export function createServer(users: Users, outcomes: CacheOutcomes): FastifyInstance {
  // What a request says is checked as it is: neither `{"name": 5}` nor an unknown property is quietly made to fit.
  const server = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: (error, _request, reply) => void sendError(error, reply),
  });

  server.get<UserRoute>('/users/:id', async ({ params }, reply) => {
    const id = toId(params.id);
    const { result: user, outcome } = await outcomes.observe(() => users.find(id));
    reply.header('x-cache', outcome);
    return user ?? notFound(id);
  });

  server.get<{ Querystring: { readonly name: string } }>(
    '/users',
    { schema: { querystring: QUERY } },
    async ({ query }) => users.search(toName(query.name)),
  );

  server.put<UserRoute & { Body: { readonly name: string } }>(
    '/users/:id',
    { schema: { body: BODY } },
    async ({ params, body }) => {
      const id = toId(params.id);
      return (await users.rename(id, toName(body.name))) ?? notFound(id);
    },
  );

  server.setNotFoundHandler(async (_request, reply) => {
    return reply.code(404).send({ error: 'Try GET /users/1 or PUT /users/1.' });
  });
  server.setErrorHandler<FastifyError>((error, _request, reply) => sendError(error, reply));
  return server;
}

/** Faults of the request are explained; ours are logged, and their details stay here. */
function sendError(error: FastifyError, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) return reply.code(status).send({ error: error.message });
  log(`failed: ${String(error)}`);
  return reply.code(status).send({ error: 'Something went wrong here, not with the request.' });
}

/** @throws RequestError before anything is asked of cache or database */
function toId(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= LARGEST_ID) return Number(text);
  throw new RequestError(400, `The id of a user is a whole number from 1 to ${LARGEST_ID}.`);
}

/** @throws RequestError for what PostgreSQL cannot store, or nobody could read */
function toName(text: string): string {
  if (text.trim() !== '' && !/\p{Cc}/u.test(text)) return text;
  throw new RequestError(400, 'A name has visible characters and no control characters.');
}

/** @throws RequestError */
function notFound(id: number): never {
  throw new RequestError(404, `There is no user ${id}.`);
}
