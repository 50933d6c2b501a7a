import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what the lock of `folder` says, unless that was done already. Does nothing where there is no such folder. */
export function installRivals(folder: string): void {
  const lock = join(folder, 'package-lock.json');
  if (!existsSync(lock) || isInstalled(folder, lock)) return;
  process.stdout.write(`npm ci in ${folder}\n`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
}

/** npm writes this file when it is done. */
function isInstalled(folder: string, lock: string): boolean {
  const installed = statSync(join(folder, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(lock).mtimeMs;
}
