import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

import { findOnPath, findRedisServer, howToGetRedis } from './redis-binary.mjs';

const HOW_TO_GET_IT = howToGetRedis('The specs need', 'npm test');

/** While this file says 101, Debian starts no service of a package that is being installed. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** Makes sure that there is a server to start; installs it where that needs no question. Throws how to get it elsewhere. */
export function ensureRedis() {
  if (findRedisServer() !== undefined) return;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || findOnPath(['apt-get']) === undefined) {
    throw new Error(HOW_TO_GET_IT);
  }
  console.log('No redis-server on PATH: installing the package redis-server …');
  withoutStartingServices(() => {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', 'redis-server');
  });
  // It is for the specs alone: where the package was started nevertheless, it is stopped, also after the next boot.
  for (const stop of ['systemctl disable --now redis-server', 'service redis-server stop']) {
    spawnSync('/bin/sh', ['-c', stop]);
  }
  if (findRedisServer() === undefined) throw new Error(HOW_TO_GET_IT);
}

/** @param {() => void} install */
function withoutStartingServices(install) {
  if (existsSync(SERVICE_POLICY)) {
    install();
    return;
  }
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(SERVICE_POLICY, { force: true });
  }
}

/** @param {string[]} args */
function aptGet(...args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync('apt-get', ['-qq', ...args], { env: environment, encoding: 'utf8' });
  if (done.status === 0) return;
  throw new Error(`apt-get ${args.join(' ')} failed:\n${done.error ?? done.stdout + done.stderr}\n${HOW_TO_GET_IT}`);
}
