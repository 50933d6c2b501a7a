import { FAULTS, type Fault } from './faults/index.js';

/** What the environment says. */
export interface Configuration {
  /** `PORT`, default 3000; 0 takes any free one. */
  readonly port: number;
  /** `REDIS_URL`; without it, entries are kept in the memory of this process. */
  readonly redisUrl: string | undefined;
  /** `FAULT`, for a variant of the service with one fault; none by default. */
  readonly fault: Fault | undefined;
}

/** The service cannot be started as it was asked to; the message says what to do. */
export class StartError extends Error {}

/** @throws StartError */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const { PORT: port = '', REDIS_URL: redisUrl = '', FAULT: fault = '' } = environment;
  return {
    port: port === '' ? 3000 : toPort(port),
    redisUrl: redisUrl === '' ? undefined : checkRedisUrl(redisUrl),
    fault: fault === '' ? undefined : toFault(fault),
  };
}

/** @throws StartError */
export function toPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new StartError(`PORT must be a number from 0 to 65535, but it is ${JSON.stringify(text)}.`);
}

/** @throws StartError */
function toFault(text: string): Fault {
  if (Object.hasOwn(FAULTS, text)) return text as Fault;
  throw new StartError(`FAULT must be one of ${Object.keys(FAULTS).join(', ')}, but it is ${JSON.stringify(text)}.`);
}

function checkRedisUrl(text: string): string {
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)) return text;
  throw new StartError('REDIS_URL must look like redis://127.0.0.1:6379.');
}
