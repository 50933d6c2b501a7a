/**
 * `npm run screenshots`: what docs/dashboard.md shows, after half a minute of real traffic over a real Redis.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { MemoryStore, TieredStore } from 'freshkeep';
import { createDashboard } from 'freshkeep/dashboard';
import { RedisStore } from 'freshkeep/redis';

import { closeRedis, connectRedis } from '../support/redis.js';
import { startRedis } from '../support/redis-server.js';
import { TestBrowser } from './browser.js';
import { Shop } from './shop.js';

/** Before the page is opened, and while it is: its lines need some polls. */
const OPEN_BEFORE = 20_000;
const OPEN_WITH_PAGE = 45_000;
const VIEWPORT = { width: 1_280, height: 900 };
/** As far as the selected method goes. */
const CLIP = { x: 0, y: 0, width: VIEWPORT.width, height: 1_560 };
const SCHEMES = ['light', 'dark'] as const;

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
mkdirSync(images, { recursive: true });

const redis = await startRedis();
const client = await connectRedis(redis.port);
const store = new TieredStore({
  l1: new MemoryStore({ maxEntries: 500 }),
  l2: new RedisStore({ client, prefix: 'shop' }),
});
const shop = new Shop(store);
const server = createServer(createDashboard({ cache: shop.cache, allowInvalidation: true }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/#pattern=${encodeURIComponent('price:{}')}`;
const browser = await TestBrowser.start('npm run screenshots');
try {
  await shop.open(OPEN_BEFORE);
  const pages = await Promise.all(
    SCHEMES.map(async (colorScheme) => ({
      colorScheme,
      ...(await browser.open(url, { colorScheme, viewport: VIEWPORT })),
    })),
  );
  await shop.open(OPEN_WITH_PAGE);
  for (const { colorScheme, page } of pages) {
    await page.screenshot({ path: `${images}dashboard-${colorScheme}.png`, fullPage: true, clip: CLIP });
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await shop.cache.close();
  closeRedis(client);
  await redis.stop();
}
