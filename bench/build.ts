import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What is measured is what is published. Leaves it in `dist` of `root`, and tells where that is. */
export function build(root: string): string {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  return join(root, 'dist');
}
