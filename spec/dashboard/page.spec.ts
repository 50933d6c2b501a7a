import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import { createDashboard } from 'freshkeep/dashboard';
import type { Locator, Page } from 'playwright-core';

import { describeInOneDialect } from '../support/dialect.js';
import { TestBrowser, type WatchedPage } from './browser.js';
import { Servers } from './http.js';
import { plantStampede } from './stampede.js';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const MINUTE = { ttl: '1m' } as const;
const HOSTILE = '<img src=x onerror=console.log(1)>';

interface AxeResult {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describeInOneDialect('The page of the dashboard', function () {
  this.timeout(20_000);
  const servers = Servers.forEachSpec();
  let browser: TestBrowser;
  let cache: Cache;
  let opened: WatchedPage[];

  before(async () => {
    browser = await TestBrowser.start();
  });

  after(() => browser.close());

  beforeEach(() => {
    opened = [];
    cache = createCache({ store: new MemoryStore({ maxEntries: 100 }), name: 'shop' });
  });

  afterEach(async () => {
    expect(
      opened.flatMap(({ troubles }) => troubles),
      'what browsers have complained about',
    ).to.deep.equal([]);
    for (const { page } of opened) await page.context().close();
  });

  /** The page at the mount `/cache` of a server, as its users have it. */
  async function open(
    options: Partial<Parameters<typeof createDashboard>[0]> = {},
    context: Parameters<TestBrowser['open']>[1] = {},
  ): Promise<Page> {
    const shown = options.caches === undefined ? { cache } : {};
    const url = await servers.listen(createDashboard({ ...shown, path: '/cache', ...options }));
    const watched = await browser.open(`${url}/cache`, context);
    opened.push(watched);
    return watched.page;
  }

  const named = (name: string) => async (id: number) => ({ name, id });

  /** Some calls of three patterns, of which `user:{}` has the most. */
  async function call(): Promise<void> {
    const user = cache.wrap(named('user'), { key: 'user:{0}', ...MINUTE, staleWhileRevalidate: '1h' });
    const order = cache.wrap(named('order'), { key: 'order:{0}', ...MINUTE });
    const price = cache.wrap(named('price'), { key: 'price:{0}', ttl: '5s', tags: ['prices'] });
    for (let time = 0; time < 5; time += 1) for (const id of [1, 2, 3]) await user(id);
    for (const id of [1, 2, 3, 3]) await order(id);
    for (const id of [1, 1, 1, 1, 1, 1]) await price(id);
  }

  const rows = (page: Page) => page.locator('.methods tbody tr');
  const patterns = (page: Page) => rows(page).locator('th').allTextContents();
  const cellsOf = (page: Page, pattern: string) =>
    rows(page).filter({ hasText: pattern }).locator('td').allTextContents();
  const head = (page: Page, name: string) => page.locator('.methods thead').getByRole('button', { name });

  /** Facts are pairs of a name and a text. */
  async function factsIn(card: Locator): Promise<Record<string, string>> {
    const [names, texts] = await Promise.all(
      ['dt', 'dd'].map((tag) => card.locator(`.facts ${tag}`).allTextContents()),
    );
    return Object.fromEntries(names!.map((name, index) => [name, texts![index] ?? '']));
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    const results = (await page.evaluate(
      `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
    )) as { readonly violations: readonly AxeResult[] };
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  it('shows the figures that `cache.stats()` has', async () => {
    await call();
    const page = await open();
    const { patterns: stats, memory } = cache.stats();
    expect(await patterns(page)).to.deep.equal(['user:{}', 'price:{}', 'order:{}']);
    for (const { pattern, calls, staleHits, loads, estimates } of stats) {
      const cells = await cellsOf(page, pattern);
      expect([cells[0], cells[2], cells[3], cells[6]], pattern).to.deep.equal(
        [calls, staleHits, loads.count, estimates.keys].map(String),
      );
    }
    expect((await cellsOf(page, 'price:{}'))[1]).to.equal('83.3 %');
    const [user] = stats;
    expect(await factsIn(page.locator('.pattern-card'))).to.include({
      Calls: '15',
      'Hit ratio': '80.0 %',
      'Hits in memory': String(user?.localHits),
      Misses: '3',
      Fills: '3',
    });
    expect(await page.locator('.fillers tbody').innerText()).to.match(/3\s+1 m\s+1 h/);
    expect(await factsIn(page.locator('.memory-card'))).to.include({ Entries: `${memory?.entries} of 100` });
    expect(await factsIn(page.locator('.health-card'))).to.include({ 'Queued invalidations': '0' });
    expect(await page.title()).to.equal('shop · freshkeep');
  });

  it('goes on by itself, until it is paused', async () => {
    await call();
    const page = await open();
    const more = cache.wrap(named('user'), { key: 'user:{0}', ...MINUTE });
    await more(1);
    await rows(page).filter({ hasText: 'user:{}' }).getByText('16').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.waitForTimeout(2_300);
    expect(asked).to.deep.equal([]);
    await more(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await rows(page).filter({ hasText: 'user:{}' }).getByText('17').waitFor();
  });

  it('shows a stampede as a finding, and the method that it is about', async () => {
    await plantStampede(cache);
    await call();
    const page = await open();
    const finding = page.locator('.findings > li').filter({ hasText: 'stampede' });
    expect(await finding.innerText())
      .to.match(/high\s+stampede/)
      .and.to.include('staleWhileRevalidate');
    expect(await page.locator('.said').innerText()).to.match(/of high severity/);
    await rows(page).getByRole('button', { name: 'order:{}' }).click();
    await page.locator('.pattern-name').getByText('order:{}').waitFor();
    await finding.getByRole('button', { name: 'front-page:{}' }).click();
    await page.locator('.pattern-name').getByText('front-page:{}').waitFor();
    expect(new URL(page.url()).hash).to.include('front-page');
  });

  it('draws charts, with a sentence and a table of the same, and the ttl of today', async () => {
    await call();
    const page = await open();
    const chart = page.locator('figure').filter({ hasText: 'What another ttl would have given' });
    await chart.locator('canvas').waitFor();
    expect(await chart.locator('.summary').innerText()).to.match(
      /^The ttl today: 1 m\. Hits without a stale window: from /,
    );
    await chart.getByText('Data').click();
    const shown = await chart.locator('tbody tr').allInnerTexts();
    const curve = cache.stats().patterns[0]!.ttlCurve;
    expect(shown).to.have.lengthOf(curve.length);
    expect(shown.map((row) => row.split('\t').slice(1, 2).join())).to.deep.equal(
      curve.map(({ hitRatio }) => `${(hitRatio * 100).toFixed(1)} %`),
    );
    expect(await page.locator('figure canvas').count()).to.be.greaterThan(2);
    expect(await pixelsOf(chart, '--chart-mark'), 'the mark of today').to.be.greaterThan(20);
  });

  /** How many pixels of its canvas have the colour of this variable, or nearly. */
  async function pixelsOf(chart: Locator, variable: string): Promise<number> {
    return chart.locator('canvas').evaluate(
      new Function(
        'canvas',
        'variable',
        `const context = canvas.getContext('2d');
         context.canvas.dataset.color = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
         const wanted = [1, 3, 5].map((at) => parseInt(canvas.dataset.color.slice(at, at + 2), 16));
         const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
         let found = 0;
         for (let at = 0; at < data.length; at += 4)
           if (data[at + 3] > 100 && wanted.every((part, index) => Math.abs(part - data[at + index]) < 12)) found += 1;
         return found;`,
      ) as (canvas: unknown, variable: string) => number,
      variable,
    );
  }

  it('is sorted, filtered and selected from with the keyboard alone', async () => {
    await call();
    const page = await open();
    const sorted = () => page.locator('th[aria-sort]').evaluateAll('(cells) => cells.map((cell) => cell.textContent + " " + cell.ariaSort)'); // prettier-ignore
    expect(await sorted()).to.deep.equal(['Calls descending']);
    await head(page, 'Pattern').focus();
    await page.keyboard.press('Enter');
    expect(await patterns(page)).to.deep.equal(['order:{}', 'price:{}', 'user:{}']);
    expect(await sorted()).to.deep.equal(['Pattern ascending']);
    await page.keyboard.press('Space');
    expect(await patterns(page)).to.deep.equal(['user:{}', 'price:{}', 'order:{}']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await sorted()).to.deep.equal(['Calls descending']);
    for (let column = 2; column <= 9; column += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.pattern-name').getByText('price:{}').waitFor();
    const focused = page.locator(':focus');
    expect([await focused.innerText(), await focused.getAttribute('aria-pressed')]).to.deep.equal(['price:{}', 'true']);
    expect(await focused.evaluate('(element) => getComputedStyle(element).outlineStyle')).to.equal('solid');

    await page.getByLabel('Filter by pattern').fill('DER');
    expect(await patterns(page)).to.deep.equal(['order:{}']);
    expect(await page.locator('.range').innerText()).to.equal('1–1 of 1');
  });

  it('keeps the focus where it is while figures and order change', async () => {
    await call();
    const page = await open();
    await rows(page).getByRole('button', { name: 'order:{}' }).focus();
    const order = cache.wrap(named('order'), { key: 'order:{0}', ...MINUTE });
    for (let time = 0; time < 30; time += 1) await order(1);
    await rows(page).first().getByText('order:{}').waitFor();
    expect(await page.locator(':focus').innerText()).to.equal('order:{}');
  });

  it('is usable with a thousand patterns', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `method-${String(index).padStart(4, '0')}`);
    for (const [index, name] of names.entries()) {
      const find = cache.wrap(named(name), { key: `${name}:{0}`, ...MINUTE });
      for (let time = 0; time <= index % 7; time += 1) await find(1);
    }
    const page = await open();
    const answer = page.waitForResponse(/overview/);
    const startedAt = performance.now();
    await head(page, 'Pattern').click();
    expect((await patterns(page))[0]).to.equal('method-0000:{}');
    await page.getByRole('button', { name: 'Next' }).click();
    expect((await patterns(page))[0]).to.equal('method-0012:{}');
    await page.getByLabel('Filter by pattern').fill('0999');
    expect(await patterns(page)).to.deep.equal(['method-0999:{}']);
    expect(performance.now() - startedAt, 'milliseconds for three changes').to.be.lessThan(1_000);
    expect(Number((await (await answer).allHeaders())['content-length'])).to.be.lessThan(30_000);
    await page.getByLabel('Filter by pattern').fill('');
    expect(await page.locator('.range').innerText()).to.equal('13–24 of 1,000'.replace('13–24', '1–12'));
    const blocked = await page.evaluate(LONGEST_TASK);
    expect(blocked, 'milliseconds that a poll blocks the page').to.be.lessThan(200);
  });

  it('shows whatever a pattern holds as text', async () => {
    const hostile = cache.wrap(named(HOSTILE), { key: () => key({ raw: [HOSTILE] } as never), ...MINUTE });
    await hostile(1);
    const page = await open();
    await page.locator('.pattern-name').waitFor();
    expect(await patterns(page)).to.deep.equal([HOSTILE]);
    expect(await page.locator('.pattern-name').innerText()).to.equal(HOSTILE);
    expect(await page.locator('img').count()).to.equal(1);
  });

  it('invalidates a key and a tag, and says so', async () => {
    await call();
    const page = await open({ allowInvalidation: true });
    const card = page.locator('.keys-card');
    const input = card.getByRole('textbox');
    expect(await cache.get(key`user:${1}`)).to.deep.equal({ name: 'user', id: 1 });
    await input.fill('user:1');
    await card.getByRole('button', { name: 'Explain' }).click();
    await card.getByText(/^hit: the entry in memory is fresh/).waitFor();
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The key is invalidated (applied).').waitFor();
    expect(await cache.get(key`user:${1}`)).to.equal(undefined);
    await card.getByLabel('Key or tag').selectOption('tag');
    await input.fill('prices');
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The tag is invalidated (applied).').waitFor();
    expect(await cache.get(key`price:${1}`)).to.equal(undefined);
  });

  it('has nothing to invalidate with, unless that is allowed', async () => {
    const page = await open();
    const card = page.locator('.keys-card');
    expect(await card.getByRole('button').allInnerTexts()).to.deep.equal(['Explain']);
    expect(await card.getByRole('combobox').count()).to.equal(0);
  });

  it('shows one of several caches, and the same one when it is loaded again', async () => {
    await call();
    const other = createCache({ store: new MemoryStore(), name: 'reports' });
    await other.getOrLoad(key`report:${1}`, () => 1, MINUTE);
    const page = await open({ caches: [cache, other] });
    await page.getByRole('combobox', { name: 'Cache' }).selectOption('reports');
    await rows(page).getByText('report:{}').waitFor();
    await page.reload();
    await rows(page).getByText('report:{}').waitFor();
    expect(await patterns(page)).to.deep.equal(['report:{}']);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is accessible, in ${colorScheme} colours, wide and narrow`, async () => {
      await plantStampede(cache);
      await call();
      for (const width of [1_440, 380]) {
        const page = await open({ allowInvalidation: true }, { colorScheme, viewport: { width, height: 900 } });
        await page.locator('figure canvas').first().waitFor();
        for (const details of await page.locator('details').all()) await details.locator('summary').click();
        expect(await violations(page), `${width} px`).to.deep.equal([]);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, `pixels that stand out at ${width} px`).to.equal(0);
      }
    });
  }

  it('changes its colours, and those of charts, with the scheme of the system', async () => {
    await call();
    const page = await open({}, { colorScheme: 'light' });
    const chart = page.locator('figure').filter({ hasText: 'How long loads took' });
    await chart.locator('canvas').waitFor();
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = [await background(), await pixelsOf(chart, '--chart-loads')] as const;
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(`getComputedStyle(document.body).backgroundColor !== '${String(light[0])}'`);
    await page.waitForTimeout(100);
    expect(light[1]).to.be.greaterThan(100);
    expect(await pixelsOf(chart, '--chart-loads'), 'bars in the dark colour').to.be.greaterThan(100);
  });

  it('says when the server is gone, and goes on when it is back', async () => {
    await call();
    const page = await open();
    const watched = opened.at(-1)!;
    await page.route('**/overview*', (route) => route.abort());
    await page.getByText('No answer; trying again').waitFor();
    await page.unroute('**/overview*');
    await page.getByText('Live').waitFor();
    // The browser itself reports the request that had no answer.
    const own = watched.troubles.filter((trouble) => !trouble.includes('net::ERR_FAILED'));
    opened[opened.length - 1] = { page, troubles: own };
  });
});

/** How long a poll that arrives blocks the page at most: the longest task within the next two and a half seconds. */
const LONGEST_TASK = `new Promise((resolve) => {
  let longest = 0;
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); })
    .observe({ type: 'longtask', buffered: false });
  setTimeout(() => resolve(longest), 2500);
})`;
