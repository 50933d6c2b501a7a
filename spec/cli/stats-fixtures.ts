import { key, type CacheStats } from 'freshkeep';

import { Clinic } from '../doctor/clinic.js';

/** Of a cache with a popular page, for whose load many callers wait; with a stale window none does. */
export async function statsOfPopularPage(name: string, staleWhileRevalidate: '1m' | 0): Promise<CacheStats> {
  const clinic = new Clinic({ name });
  try {
    const page = clinic.cache.wrap(
      async () => {
        await clinic.takes(200);
        return 'the page';
      },
      { key: () => key`page:${'home'}`, ttl: '2s', staleWhileRevalidate },
    );
    await clinic.traffic({ seconds: 20, perSecond: 100 }, () => page());
    return JSON.parse(JSON.stringify(clinic.cache.stats())) as CacheStats;
  } finally {
    clinic.close();
  }
}
