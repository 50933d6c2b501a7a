import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['redis-server', 'valkey-server'];

/** @returns {string | undefined} The server to start: `REDIS_SERVER`, or the first on PATH that is called like one. */
export function findRedisServer() {
  return process.env.REDIS_SERVER || findOnPath(NAMES);
}

/** @param {readonly string[]} names @returns {string | undefined} */
export function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} who needs a server @param {string} command that needs it */
export function howToGetRedis(who, command) {
  return `${who} a real Redis (or Valkey), and found none on PATH. Install one:
  macOS          brew install redis
  Debian/Ubuntu  sudo apt-get install redis-server
  Fedora/RHEL    sudo dnf install redis      (or: valkey)
or name one: REDIS_SERVER=/path/to/redis-server ${command}`;
}
