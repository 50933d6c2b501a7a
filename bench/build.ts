import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is measured is what is published. Leaves it in `dist` of `root`, and tells where that is. */
export function build(root: string): string {
  const run = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // Other commits may have no dashboard, whose page is bundled first.
  const bundler = join(root, 'lib', 'dashboard', 'page', 'bundle.mjs');
  if (existsSync(bundler)) run(bundler);
  run(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json'));
  return join(root, 'dist');
}
