import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

import { findOnPath } from './redis-binary.mjs';

/** While this file says 101, Debian starts no service of a package that is being installed. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs a package of Debian where that needs no question. Its services are not started.
 * @param {string} name
 * @param {string} howToGetIt told where it cannot be installed
 */
export function installDebianPackage(name, howToGetIt) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || findOnPath(['apt-get']) === undefined) {
    throw new Error(howToGetIt);
  }
  console.log(`Installing the package ${name} …`);
  withoutStartingServices(() => {
    aptGet(howToGetIt, 'update');
    aptGet(howToGetIt, 'install', '--yes', '--no-install-recommends', name);
  });
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

/** @param {string} howToGetIt @param {string[]} args */
function aptGet(howToGetIt, ...args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync('apt-get', ['-qq', ...args], { env: environment, encoding: 'utf8' });
  if (done.status === 0) return;
  throw new Error(`apt-get ${args.join(' ')} failed:\n${done.error ?? done.stdout + done.stderr}\n${howToGetIt}`);
}
