import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..');
/** Below `node_modules`, so that packages are found from there. */
const FOLDER = join(ROOT, 'node_modules', '.cache', 'freshkeep-spec', String(process.pid));

const built = new Map<string, string>();

/**
 * A program in TypeScript, with all that it imports but packages, as one file of JavaScript; made once, and gone with this process. To start
 * a process with it takes a quarter of the time that compiling module after module takes, and specs start a hundred.
 */
export function bundled(program: string): string {
  const known = built.get(program);
  if (known !== undefined) return known;
  if (built.size === 0) prepareFolder();
  const outfile = join(FOLDER, `${built.size}-${basename(program, '.ts')}.mjs`);
  buildSync({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    tsconfig: join(ROOT, process.env['TSX_TSCONFIG_PATH'] ?? 'tsconfig.json'),
    packages: 'external',
    // What is imported for its effects alone is not left out.
    ignoreAnnotations: true,
    sourcemap: 'inline',
  });
  built.set(program, outfile);
  return outfile;
}

function prepareFolder(): void {
  mkdirSync(FOLDER, { recursive: true });
  process.once('exit', () => {
    rmSync(FOLDER, { recursive: true, force: true });
  });
}
