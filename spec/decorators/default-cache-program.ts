/** Run by default-cache.spec.ts in a process of its own: nothing is configured here. Prints what happened as JSON. */
import { Cached, configureCache, getDefaultCache, MemoryStore } from 'freshkeep';

const warnings: unknown[] = [];
process.on('warning', (warning) => {
  if ('code' in warning) warnings.push({ name: warning.name, code: warning.code, message: warning.message });
});

let loads = 0;

class Users {
  @Cached({ key: 'user:{0}', ttl: '5m' })
  async find(id: number): Promise<number> {
    loads += 1;
    return id;
  }
}

class Orders {
  @Cached({ key: 'order:{0}', ttl: '5m' })
  async find(id: number): Promise<number> {
    loads += 1;
    return id;
  }
}

/** Warnings are told in a later turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

await turn();
const whenDefined = warnings.length;
await new Users().find(1);
await new Users().find(1);
await new Orders().find(1);
const same = getDefaultCache() === getDefaultCache();
await turn();
const loadsOfFallback = loads;
const configured = configureCache({ store: new MemoryStore() });
await new Users().find(1);
await turn();

process.stdout.write(
  JSON.stringify({
    whenDefined,
    warnings,
    same,
    loadsOfFallback,
    loads,
    configuredIsDefault: getDefaultCache() === configured,
  }),
);
