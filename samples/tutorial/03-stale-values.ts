import { Cached, configureCache, MemoryStore } from 'freshkeep';
import sinon from 'sinon';

// So that you need not wait for minutes: `tickAsync` lets time pass at once.
const clock = sinon.useFakeTimers();
const cache = configureCache({ store: new MemoryStore() });

class Rates {
  broken = false;
  #version = 0;

  //  stored            5 minutes                65 minutes
  //    │──── fresh ──────│──────── stale ──────────│── miss
  @Cached({ key: 'rate:{0}', ttl: '5m', staleWhileRevalidate: '1h' })
  async of(currency: string): Promise<string> {
    return this.#load(currency);
  }

  // The last resort: after the ttl it loads, and callers wait; the stale value is served only where the load fails.
  @Cached({ key: 'strict-rate:{0}', ttl: '5m', staleIfError: '1d' })
  async strictlyOf(currency: string): Promise<string> {
    return this.#load(currency);
  }

  #load(currency: string): string {
    console.log(`  load ${currency}${this.broken ? ': fails' : ''}`);
    if (this.broken) throw new Error('the source is down');
    return `version ${(this.#version += 1)} of ${currency}`;
  }
}

const rates = new Rates();

console.log('staleWhileRevalidate: the first call loads.');
console.log(await rates.of('EUR'));

console.log('\nSix minutes later the value is stale. It is served at once, and refreshed in the background.');
await clock.tickAsync('06:00');
console.log(await rates.of('EUR'));
await clock.tickAsync('00:01');
console.log('A second later the fresh value is there: nobody has waited.');
console.log(await rates.of('EUR'));

console.log('\nTwo hours later it is too old even for that: the call waits for a load.');
await clock.tickAsync('02:00:00');
console.log(await rates.of('EUR'));

console.log('\nstaleIfError: after the ttl the source is asked; where it fails, the stale value answers.');
console.log(await rates.strictlyOf('USD'));
rates.broken = true;
await clock.tickAsync('06:00');
console.log(await rates.strictlyOf('USD'));
console.log('\nThe source is spared for a second, then for two, up to a minute: no load for the next call.');
console.log(await rates.strictlyOf('USD'));
rates.broken = false;
await clock.tickAsync('01:00');
console.log('\nWhen it is back, so is the fresh value.');
console.log(await rates.strictlyOf('USD'));

await cache.close();
clock.restore();
