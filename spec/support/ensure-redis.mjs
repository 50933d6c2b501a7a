import { spawnSync } from 'node:child_process';

import { installDebianPackage } from './debian-package.mjs';
import { findRedisServer, howToGetRedis } from './redis-binary.mjs';

const HOW_TO_GET_IT = howToGetRedis('The specs need', 'npm test');

/** Makes sure that there is a server to start; installs it where that needs no question. Throws how to get it elsewhere. */
export function ensureRedis() {
  if (findRedisServer() !== undefined) return;
  installDebianPackage('redis-server', HOW_TO_GET_IT);
  // It is for the specs alone: where the package was started nevertheless, it is stopped, also after the next boot.
  for (const stop of ['systemctl disable --now redis-server', 'service redis-server stop']) {
    spawnSync('/bin/sh', ['-c', stop]);
  }
  if (findRedisServer() === undefined) throw new Error(HOW_TO_GET_IT);
}
