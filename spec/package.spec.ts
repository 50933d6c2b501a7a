import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from './support/dialect.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** Plain JavaScript applies a decorator by hand. */
const PROGRAM = `
import { Cached, configureCache, key, MemoryStore } from 'freshkeep';
class Users {}
const descriptor = { value: async (id) => ({ id }), configurable: true, writable: true };
Cached({ key: (id) => key\`user:\${id}\`, ttl: '1m' })(Users.prototype, 'find', descriptor);
Object.defineProperty(Users.prototype, 'find', descriptor);
configureCache({ store: new MemoryStore() });
const [first, second] = [await new Users().find(1), await new Users().find(1)];
console.log(JSON.stringify({ same: first === second }));
`;

describeInOneDialect('The package, as it is published', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freshkeep-package-'));
    await run(process.execPath, [
      join(root, 'node_modules/typescript-7.0/bin/tsc'),
      '-p',
      join(root, 'tsconfig.build.json'),
      '--outDir',
      join(folder, 'package/dist'),
    ]);
    await linkDependencies();
  });

  after(() => rm(folder, { recursive: true, force: true }));

  /** All that an installation would bring, and the package itself. */
  async function linkDependencies(): Promise<void> {
    const modules = join(folder, 'node_modules');
    await mkdir(modules);
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(modules, name));
    }
    await symlink(join(folder, 'package'), join(modules, 'freshkeep'));
    await symlink(join(root, 'package.json'), join(folder, 'package/package.json'));
  }

  async function execute(name: string, program: string, ...flags: string[]): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, program);
    const { stdout } = await run(process.execPath, ['--preserve-symlinks', ...flags, file], { cwd: folder });
    return stdout;
  }

  it('caches a method in plain JavaScript', async () => {
    expect(JSON.parse(await execute('plain.mjs', PROGRAM))).to.have.property('same', true);
  });

  it('loads neither ioredis nor redlock, nor what metrics and traces need, with its main entry point', async () => {
    const program = `
      import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(\`
        export async function resolve(specifier, context, next) {
          if (['ioredis', 'redlock', 'prom-client', '@opentelemetry/api'].includes(specifier)) throw new Error('loaded ' + specifier);
          return next(specifier, context);
        }\`), import.meta.url);
      await import('freshkeep');
      for (const name of ['redis', 'prometheus', 'opentelemetry']) {
        console.log(await import('freshkeep/' + name).then(() => 'loaded nothing', (error) => error.message));
      }`;
    const outcomes = (await execute('imports.mjs', program)).trim().split('\n');
    expect(outcomes).to.deep.equal(['loaded redlock', 'loaded prom-client', 'loaded @opentelemetry/api']);
  });

  it('tells metrics and traces in plain JavaScript', async () => {
    const program = `
      import { createCache, key, MemoryStore } from 'freshkeep';
      import { openTelemetryTracing } from 'freshkeep/opentelemetry';
      import { registerCacheMetrics } from 'freshkeep/prometheus';
      import { register } from 'prom-client';
      const cache = createCache({ store: new MemoryStore(), tracing: openTelemetryTracing() });
      registerCacheMetrics(cache);
      await cache.getOrLoad(key\`user\`, () => 1, { ttl: 1 });
      console.log(await register.getSingleMetricAsString('freshkeep_fills_total'));`;
    const told = await execute('metrics.mjs', program);
    expect(told).to.include('freshkeep_fills_total{cache="default",pattern="user"} 1');
  });

  it('has the whole dashboard in its modules: no file of the page is read', async () => {
    const program = `
      import { createCache, MemoryStore } from 'freshkeep';
      import { createDashboard } from 'freshkeep/dashboard';
      import { createServer } from 'node:http';
      const server = createServer(createDashboard({ cache: createCache({ store: new MemoryStore() }) }));
      server.listen(0, '127.0.0.1', async () => {
        const url = 'http://127.0.0.1:' + server.address().port;
        const answers = await Promise.all(['/', '/page.js', '/page.css'].map((path) => fetch(url + path)));
        console.log(answers.map(({ status, headers }) => status + headers.get('content-type')).join());
        process.exit();
      });`;
    const [html, js, css] = ['html', 'javascript', 'css'].map((type) => `200text/${type}; charset=utf-8`);
    expect((await execute('dashboard.mjs', program)).trim()).to.equal(`${html},${js},${css}`);
    const built = await readdir(join(folder, 'package/dist/dashboard'));
    expect(built).to.include('page.generated.js').and.not.to.include('page');
  });

  it('has types that a strict project accepts without its sources, in both dialects', async () => {
    await writeFile(
      join(folder, 'user.ts'),
      `import { Cached, configureCache, key, MemoryStore } from 'freshkeep';
       import { openTelemetryTracing } from 'freshkeep/opentelemetry';
       import { registerCacheMetrics } from 'freshkeep/prometheus';
       import { createDashboard, type Dashboard } from 'freshkeep/dashboard';
       import { RedisStore } from 'freshkeep/redis';
       export class Users {
         @Cached({ key: (id: number) => key\`user:\${id}\`, ttl: '5m' })
         async find(id: number): Promise<{ id: number }> { return { id }; }
       }
       export const cache = configureCache({ store: new MemoryStore(), tracing: openTelemetryTracing() });
       export const { unregister } = registerCacheMetrics(cache);
       export const dashboard: Dashboard = createDashboard({ cache });
       export type Store = RedisStore;`,
    );
    for (const legacy of ['true', 'false']) {
      const flags = ['--noEmit', '--strict', '--module', 'NodeNext', '--target', 'ES2022', '--types', 'node'];
      const compiler = join(root, 'node_modules/typescript-7.0/bin/tsc');
      const args = [compiler, ...flags, '--experimentalDecorators', legacy, '--ignoreConfig', join(folder, 'user.ts')];
      const outcome = await run(process.execPath, args, { cwd: folder }).catch((error: unknown) => error);
      expect(outcome).to.have.property('stdout', '');
    }
  }).timeout(60_000);
});
