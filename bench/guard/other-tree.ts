import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from '../build.js';

/** Another commit of the repository at `root`, in a folder of its own. */
export class OtherTree {
  readonly #root: string;
  readonly #commit: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'freshkeep-guard-'));

  constructor(root: string, commit: string) {
    this.#root = root;
    this.#commit = commit;
  }

  /** Builds it, and tells where what was built is. Begin with {@link remove} in place: this takes a while. */
  build(): string {
    const folder = join(this.#home, 'tree');
    git(this.#root, 'worktree', 'add', '--quiet', '--detach', folder, this.#commit);
    this.#provideModules(folder);
    return build(folder);
  }

  /** At once, and whatever there is of it. */
  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
    git(this.#root, 'worktree', 'prune');
  }

  /** Ours, where they are the same. */
  #provideModules(folder: string): void {
    const [ours, others] = [this.#root, folder].map((tree) => readFileSync(join(tree, 'package-lock.json'), 'utf8'));
    if (ours === others) symlinkSync(join(this.#root, 'node_modules'), join(folder, 'node_modules'));
    else execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  }
}

/** The name of a commit, or `undefined` where there is none. */
export function findCommit(root: string, name: string): string | undefined {
  try {
    return git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).trim();
  } catch {
    return undefined;
  }
}

function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}
