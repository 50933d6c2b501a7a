import { readFileSync } from 'node:fs';

/** That of this package: its package.json is as far from `lib/cli` as it is from `dist/cli`. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
