/** Where the Redis of the bench is (`Library` tells how it gets here). */
export const address = { host: '127.0.0.1', port: Number(process.env['BENCH_REDIS_PORT']) };

export const url = `redis://${address.host}:${address.port}`;
