import { StartError, toPort } from '../users-service/configuration.js';

/**
 * The ports of both instances: `PORT` and the one after it, or without `PORT` any free ones, which 0 stands for.
 * @throws StartError
 */
export function readPorts({ PORT: text = '' }: Readonly<Record<string, string | undefined>>): [number, number] {
  const port = text === '' ? 0 : toPort(text);
  if (port === 0) return [0, 0];
  if (port < 65_535) return [port, port + 1];
  throw new StartError('PORT must be below 65535: the second instance takes the port after it.');
}
