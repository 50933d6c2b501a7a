/** The server to start: `REDIS_SERVER`, or the first on PATH that is called like one. */
export function findRedisServer(): string | undefined;
export function findOnPath(names: readonly string[]): string | undefined;

export function howToGetRedis(who: string, command: string): string;
