import { setTimeout as pause } from 'node:timers/promises';

import type { Cache } from 'freshkeep';

const CROWD = 40;

/** Entries of `front-page:{}` expire while many ask for them, and all of these wait. */
export async function plantStampede(cache: Cache): Promise<void> {
  const load = async (locale: string) => {
    await pause(5);
    return { locale, at: Date.now() };
  };
  const frontPage = cache.wrap(load, { key: 'front-page:{0}', ttl: '20ms' });
  for (let time = 0; time < 5; time += 1) {
    await Promise.all(Array.from({ length: CROWD }, () => frontPage('en')));
    await pause(25);
  }
}
