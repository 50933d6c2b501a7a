import { createCache, MemoryStore, type Cache, type CacheOptions, type Finding, type FindingName } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { settle } from '../support/deferred.js';

/** Traffic of so many calls in a second, for so many seconds. */
export interface Traffic {
  readonly seconds: number;
  readonly perSecond: number;
}

/** A cache in fake time, with traffic on it, to be seen by the doctor. */
export class Clinic {
  readonly clock: SinonFakeTimers = sinon.useFakeTimers({
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  readonly cache: Cache;

  constructor(options: Partial<CacheOptions> = {}) {
    this.cache = createCache({ store: new MemoryStore(), name: 'clinic', ...options });
  }

  close(): void {
    this.clock.restore();
  }

  /** Time passes while the calls come, evenly; it goes on until all are answered. */
  async traffic({ seconds, perSecond }: Traffic, call: (index: number) => unknown): Promise<void> {
    const calls: unknown[] = [];
    for (let index = 0; index < seconds * perSecond; index += 1) {
      calls.push(call(index));
      await this.clock.tickAsync(1_000 / perSecond);
    }
    await this.clock.tickAsync(1_000);
    await Promise.all(calls);
    await settle();
  }

  /** A load that takes so many milliseconds. */
  async takes(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** As they come back from a file. */
  findings(): Finding[] {
    const findings = this.cache.diagnose();
    return JSON.parse(JSON.stringify(findings)) as Finding[];
  }

  names(): FindingName[] {
    return this.findings().map(({ name }) => name);
  }

  /** The one of this name. */
  finding(name: FindingName): Finding {
    const found = this.findings().find((each) => each.name === name);
    if (found === undefined) throw new Error(`Expected the finding ${name}, got ${this.names().join(', ') || 'none'}`);
    return found;
  }
}
