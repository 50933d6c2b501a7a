/**
 * Makes one module of the page, `../page.generated.ts`, so that neither tsx nor tsc has files to copy: `npm run page`, which `npm ci`,
 * `npm test` and `npm run build` do as well.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const OUTPUT = fileURLToPath(new URL('../page.generated.ts', import.meta.url));

/** @param {string} name */
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {string} entry */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [pathOf(entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    // uPlot asks that its copyright goes with it, in a comment that would be taken away.
    ...(entry.endsWith('.ts') ? { banner: { js: `/*! ${copyrightOf('uplot')} */` } } : {}),
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** @param {string} name of a package */
function copyrightOf(name) {
  const license = readFileSync(new URL(`../../../node_modules/${name}/LICENSE`, import.meta.url), 'utf8');
  return `${name}: ${license.match(/Copyright.*/)?.[0] ?? ''} (MIT)`;
}

const [js, css] = await Promise.all([bundle('main.ts'), bundle('page.css')]);
const page = {
  html: readFileSync(pathOf('page.html'), 'utf8'),
  js,
  css,
  icon: readFileSync(pathOf('icon.svg'), 'utf8'),
};
const members = Object.entries(page).map(([name, text]) => `  ${name}: ${JSON.stringify(text)},\n`);
const text = `/** Made by page/bundle.mjs. */\nexport const PAGE = {\n${members.join('')}};\n`;
// A file that did not change keeps its time, so that nobody builds anew for nothing.
if (!existsSync(OUTPUT) || readFileSync(OUTPUT, 'utf8') !== text) writeFileSync(OUTPUT, text);
