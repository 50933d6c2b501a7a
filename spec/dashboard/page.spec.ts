import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import { createCache, diagnose, key, MemoryStore, type Cache } from 'freshkeep';
import { createDashboard } from 'freshkeep/dashboard';
import type { Locator, Page } from 'playwright-core';

import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { expectAtMost } from '../support/noise.js';
import { until } from '../support/until.js';
import { TestBrowser, type WatchedPage } from './browser.js';
import { Servers } from './http.js';
import { plantStampede } from './stampede.js';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const MINUTE = { ttl: '1m' } as const;
/** No unit stands in another line than its figure. */
const inOneLine = (figure: string) => figure.replaceAll(' ', '\u00a0');

const HOSTILE = '<img src=x onerror=console.log(1)>';

interface AxeRule {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface AxeResults {
  readonly passes: readonly AxeRule[];
  readonly violations: readonly AxeRule[];
}

describeInOneDialect('The page of the dashboard', () => {
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
    fragment = '',
  ): Promise<Page> {
    const shown = options.caches === undefined ? { cache } : {};
    const url = await servers.listen(createDashboard({ ...shown, path: '/cache', ...options }));
    const watched = await browser.open(`${url}/cache${fragment}`, context);
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

  async function violations(page: Page, rules: 'all' | 'of colours'): Promise<string[]> {
    const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const runOnly = rules === 'all' ? all : { type: 'rule', values: ['color-contrast'] };
    await page.evaluate(AXE);
    const results: AxeResults = await page.evaluate(`axe.run(${JSON.stringify({ runOnly })})`);
    expect(results.passes.length, 'rules that were looked at').to.be.greaterThan(0);
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
    expect((await cellsOf(page, 'price:{}'))[1]).to.equal(inOneLine('83.3 %'));
    const [user] = stats;
    expect(await factsIn(page.locator('.pattern-card'))).to.include({
      Calls: '15',
      'Hit ratio': inOneLine('80.0 %'),
      'Hits in memory': String(user?.localHits),
      Misses: '3',
      Fills: '3',
    });
    expect(await page.locator('.fillers tbody').innerText()).to.match(/3\s+1\u00a0min\s+1\u00a0h/);
    expect(await factsIn(page.locator('.memory-card'))).to.include({ Entries: `${memory?.entries} of 100` });
    expect(await factsIn(page.locator('.health-card'))).to.include({ 'Queued invalidations': '0' });
    expect(await page.title()).to.equal('shop · freshkeep');
  });

  it('goes on by itself, until it is paused', async () => {
    await call();
    const page = await open();
    const more = cache.wrap(named('user'), { key: 'user:{0}', ...MINUTE });
    const user = rows(page).filter({ hasText: 'user:{}' });
    await more(1);
    await pollUntil(page, user.getByText('16'));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.fastForward(60_000);
    await page.waitForTimeout(100);
    expect(asked).to.deep.equal([]);
    await more(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await pollUntil(page, user.getByText('17'));
    expect(asked.length).to.be.greaterThan(1);
  });

  it('asks nothing while nobody can see it, and at once when somebody can', async () => {
    const page = await open();
    const become = (state: 'hidden' | 'visible') =>
      page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await page.waitForLoadState('networkidle');
    await become('hidden');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.fastForward(60_000);
    await page.waitForTimeout(100);
    expect(asked).to.deep.equal([]);
    const answer = page.waitForResponse(/overview/);
    await become('visible');
    await answer;
  });

  it('shows a stampede as a finding, and the method that it is about', async () => {
    await plantStampede(cache);
    await call();
    const page = await open();
    const finding = page.locator('.findings > li').filter({ hasText: 'stampede' });
    expect(await finding.innerText()).to.match(/^high\s+stampede/);
    expect(await finding.textContent()).to.include('Give the method staleWhileRevalidate');
    expect(await page.locator('.said').innerText()).to.match(/of high severity/);
    await rows(page).getByRole('button', { name: 'order:{}' }).click();
    await page.locator('.pattern-name').getByText('order:{}').waitFor();
    await finding.getByRole('button', { name: 'front-page:{}' }).click();
    await page.locator('.pattern-name').getByText('front-page:{}').waitFor();
    expect(new URL(page.url()).hash).to.include('front-page');
  });

  it('keeps what is open, focused and selected in a finding while its figures change', async () => {
    await plantStampede(cache);
    const page = await open();
    const finding = page.locator('.findings > li').filter({ hasText: 'stampede' });
    await finding.locator('summary').focus();
    await page.keyboard.press('Enter');
    await finding.locator('.advice').selectText();
    const selected = () => page.evaluate('String(getSelection())');
    const waited = async () => (await factsIn(finding))['calls that waited as an entry had expired'];
    const before = [await selected(), await waited()];
    expect(before[0]).to.include('staleWhileRevalidate');
    await plantStampede(cache);
    await until(async () => {
      await page.clock.fastForward(2_000);
      return (await waited()) !== before[1];
    });
    expect(await selected()).to.equal(before[0]);
    expect(await page.locator(':focus').innerText()).to.equal('What to do, and why');
    expect(await finding.locator('.advice').isVisible()).to.equal(true);
  });

  it('shows the worst of many findings, and all when it is asked to', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      const find = cache.wrap(named(name), { key: `${name}:{0}`, ...MINUTE });
      for (let id = 0; id < 200; id += 1) await find(id);
    }
    const { length } = diagnose(cache.stats());
    const page = await open();
    const listed = page.locator('.findings > li');
    expect([length > 5, await listed.count()]).to.deep.equal([true, 5]);
    await page.getByRole('button', { name: `Show all ${length}` }).click();
    expect(await listed.count()).to.equal(length);
    await page.getByRole('button', { name: 'Show the first 5' }).click();
    expect(await listed.count()).to.equal(5);
  });

  it('draws charts, with a sentence and a table of the same, and the ttl of today', async () => {
    await call();
    const page = await open();
    const chart = page.locator('figure').filter({ hasText: 'What another ttl would have given' });
    await chart.locator('canvas').waitFor();
    expect(await chart.locator('.summary').innerText()).to.match(
      /^The ttl today: 1\u00a0min\. Hits without a stale window: from /,
    );
    await chart.getByText('Data').click();
    const shown = await chart.locator('tbody tr').allInnerTexts();
    const curve = cache.stats().patterns[0]!.ttlCurve;
    expect(shown).to.have.lengthOf(curve.length);
    expect(shown.map((row) => row.split('\t').slice(1, 2).join())).to.deep.equal(
      curve.map(({ hitRatio }) => inOneLine(`${(hitRatio * 100).toFixed(1)} %`)),
    );
    const traffic = page.locator('figure').filter({ hasText: 'Calls and loads' });
    await pollUntil(page, traffic.locator('canvas'));
    expect(await traffic.locator('.summary').innerText()).to.equal('In the last seconds 0/s calls and 0/s loads.');
    expect(await pixelsOf(page, 'What another ttl', '--chart-mark'), 'the mark of today').to.be.greaterThan(20);
  });

  /** How many pixels of the chart with this title have the colour of a variable, or nearly. */
  async function pixelsOf(page: Page, title: string, variable: string): Promise<number> {
    return page.evaluate(`(() => {
      const { length, ...colors } = getComputedStyle(document.documentElement).getPropertyValue('${variable}').trim();
      const wanted = [1, 3, 5].map((at) => parseInt(colors[at] + colors[at + 1], 16));
      const figure = [...document.querySelectorAll('figure')].find(({ textContent }) => textContent.includes('${title}'));
      const canvas = figure.querySelector('canvas');
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] > 100 && wanted.every((part, index) => Math.abs(part - data[at + index]) < 12)) found += 1;
      return found;
    })()`);
  }

  /** The next polls, at once, until `locator` is there. */
  async function pollUntil(page: Page, locator: Locator): Promise<void> {
    await until(async () => {
      await page.clock.fastForward(2_000);
      return locator.isVisible();
    });
  }

  it('is sorted, filtered and selected from with the keyboard alone', async () => {
    await call();
    const page = await open();
    const sorted = async () => {
      const cell = page.locator('th[aria-sort]');
      return `${await cell.innerText()}, ${String(await cell.getAttribute('aria-sort'))}`;
    };
    expect(await sorted()).to.equal('Calls, descending');
    await head(page, 'Pattern').focus();
    await page.keyboard.press('Enter');
    expect(await patterns(page)).to.deep.equal(['order:{}', 'price:{}', 'user:{}']);
    expect(await sorted()).to.equal('Pattern, ascending');
    await page.keyboard.press('Space');
    expect(await patterns(page)).to.deep.equal(['user:{}', 'price:{}', 'order:{}']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await sorted()).to.equal('Calls, descending');
    for (let column = 2; column <= 9; column += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.pattern-name').getByText('price:{}').waitFor();
    const focused = page.locator(':focus');
    expect([await focused.innerText(), await focused.getAttribute('aria-pressed')]).to.deep.equal(['price:{}', 'true']);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid');

    await page.getByLabel('Filter by pattern').fill('DER');
    expect(await patterns(page)).to.deep.equal(['order:{}']);
    expect(await page.locator('.range').innerText()).to.equal('1–1 of 1');
    await page.getByLabel('Filter by pattern').fill('nowhere');
    expect(await page.locator('.range').innerText()).to.equal('No pattern has this in it.');
  });

  it('keeps the focus where it is while figures and order change', async () => {
    await call();
    const page = await open();
    await rows(page).getByRole('button', { name: 'order:{}' }).focus();
    const order = cache.wrap(named('order'), { key: 'order:{0}', ...MINUTE });
    for (let time = 0; time < 30; time += 1) await order(1);
    await pollUntil(page, rows(page).first().getByText('order:{}'));
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
    await page.clock.fastForward(2_000);
    const { 'content-length': length } = await (await answer).allHeaders();
    expect(Number(length)).to.be.lessThan(30_000);
    const startedAt = performance.now();
    await head(page, 'Pattern').click();
    expect((await patterns(page))[0]).to.equal('method-0000:{}');
    await page.getByRole('button', { name: 'Next' }).click();
    expect((await patterns(page))[0]).to.equal('method-0012:{}');
    await page.getByLabel('Filter by pattern').fill('0999');
    expect(await patterns(page)).to.deep.equal(['method-0999:{}']);
    expectAtMost(1_000, performance.now() - startedAt, 'three changes');
    await page.getByLabel('Filter by pattern').fill('');
    expect(await page.locator('.range').innerText()).to.equal('1–12 of 1,000');
    await page.evaluate(WATCH_TASKS);
    await page.clock.fastForward(2_000);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(200);
    expectAtMost(200, Number(await page.evaluate('window.longestTask')), 'a poll blocks the page');
  });

  it('shows whatever a pattern holds as text', async () => {
    const hostile = cache.wrap(named(HOSTILE), { key: () => key`<img src=x onerror=console.log(1)>`, ...MINUTE });
    await hostile(1);
    const page = await open();
    await page.locator('.pattern-name').waitFor();
    expect(await patterns(page)).to.deep.equal([HOSTILE]);
    expect(await page.locator('.pattern-name').innerText()).to.equal(HOSTILE);
    expect(await page.locator('img').count()).to.equal(1);
  });

  it('has a button for each action, which says what came of it', async () => {
    let runs = 0;
    const actions = [
      { name: 'Make traffic', run: async () => Promise.resolve((runs += 1)) },
      { name: 'Count', run: () => `${runs} so far.` },
      { name: 'Fail', run: () => Promise.reject(new Error('of the user')) },
    ];
    const warned = new Promise((resolve) => process.once('warning', resolve));
    const page = await open({ actions });
    await page.getByRole('button', { name: 'Make traffic' }).click();
    await page.getByText('Make traffic: done.').waitFor();
    expect(runs).to.equal(1);
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByText('Count: 1 so far.').waitFor();
    await page.getByRole('button', { name: 'Fail' }).click();
    await page.getByText('Something went wrong here.').waitFor();
    expect(String(await warned)).to.contain('of the user');
    // The browser tells of the 500 that was asked for.
    await page.context().close();
    opened = [];
  });

  it('has no actions unless there are some', async () => {
    const page = await open();
    expect(await page.locator('.actions').isVisible()).to.equal(false);
  });

  it('says so where nothing was called yet', async () => {
    const page = await open();
    expect(await page.locator('.range').innerText()).to.equal('No cached method was called yet.');
  });

  it('invalidates a key and a tag, and says so', async () => {
    await call();
    const page = await open({ allowInvalidation: true });
    const card = page.locator('.keys-card');
    const input = card.getByRole('textbox');
    expect(await cache.get(key`user:${1}`)).to.deep.equal({ name: 'user', id: 1 });
    await input.fill('user:1');
    await card.getByRole('button', { name: 'Explain' }).click();
    await card.getByText(/^user:1 – hit: the entry in memory is fresh/).waitFor();
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The key user:1 is invalidated (applied).').waitFor();
    expect(await cache.get(key`user:${1}`)).to.equal(undefined);
    await card.getByLabel('Key or tag').selectOption('tag');
    await input.fill('prices');
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The tag prices is invalidated (applied).').waitFor();
    expect(await cache.get(key`price:${1}`)).to.equal(undefined);
  });

  it('invalidates in the cache that is chosen, once it is shown', async () => {
    await call();
    const other = createCache({ store: new MemoryStore(), name: 'reports' });
    for (const each of [cache, other]) await each.getOrLoad(key`report:${1}`, () => 1, MINUTE);
    const page = await open({ caches: [cache, other], allowInvalidation: true });
    const card = page.locator('.keys-card');
    const shown = new Deferred();
    await page.route('**/overview?cache=reports', async (route) => {
      await shown.promise;
      await route.continue();
    });
    await page.getByRole('combobox', { name: 'Cache' }).selectOption('reports');
    await card.getByRole('textbox').fill('report:1');
    expect(await card.getByRole('button', { name: 'Invalidate' }).isDisabled()).to.equal(true);
    expect(await card.getByRole('button', { name: 'Explain' }).isDisabled()).to.equal(true);
    shown.resolve();
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The key report:1 is invalidated (applied).').waitFor();
    expect([await cache.get(key`report:${1}`), await other.get(key`report:${1}`)]).to.deep.equal([1, undefined]);
    await page.getByRole('combobox', { name: 'Cache' }).selectOption('shop');
    expect(await card.locator('.output').innerText()).to.equal('');
  });

  it('shows what was asked last, though an earlier answer may come later', async () => {
    await call();
    const page = await open();
    const card = page.locator('.keys-card');
    const late = new Deferred();
    const answered = page.waitForResponse((response) => response.request().postData()?.includes('user:99') === true);
    await page.route('**/explain', async (route) => {
      if (route.request().postData()?.includes('user:99') === true) await late.promise;
      await route.continue();
    });
    for (const [name, shown] of [
      ['user:99', undefined],
      ['user:1', /^user:1 – hit/],
    ] as const) {
      await card.getByRole('textbox').fill(name);
      await card.getByRole('button', { name: 'Explain' }).click();
      if (shown !== undefined) await card.getByText(shown).waitFor();
    }
    late.resolve();
    await (await answered).finished();
    await page.waitForTimeout(100);
    expect(await card.locator('.output').innerText()).to.match(/^user:1 – hit/);
  });

  it('makes no pattern, and no finding, of a key that nobody declares', async () => {
    await call();
    const page = await open({ allowInvalidation: true });
    const card = page.locator('.keys-card');
    await card.getByRole('textbox').fill('usr:7');
    await card.getByRole('button', { name: 'Invalidate' }).click();
    await card.getByText('The key usr:7 is invalidated (applied).').waitFor();
    expect(cache.stats().patterns).to.have.length(3);
    expect(diagnose(cache.stats())).to.deep.equal([]);
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

  for (const [colorScheme, width, rules] of [
    ['light', 1_440, 'all'],
    ['light', 380, 'all'],
    ['dark', 1_440, 'of colours'],
  ] as const) {
    it(`is accessible in ${colorScheme} colours, ${width} pixels wide`, async () => {
      await plantStampede(cache);
      await call();
      const page = await open({ allowInvalidation: true }, { colorScheme, viewport: { width, height: 900 } });
      await page.locator('figure canvas').first().waitFor();
      await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true;`);
      expect(await violations(page, rules)).to.deep.equal([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow, 'pixels that stand out').to.equal(0);
    });
  }

  it('changes its colours, and those of charts, with the scheme of the system', async () => {
    await call();
    const page = await open({}, { colorScheme: 'light' });
    const chart = page.locator('figure').filter({ hasText: 'How long loads took' });
    await chart.locator('canvas').waitFor();
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = [await background(), await pixelsOf(page, 'How long loads took', '--chart-loads')] as const;
    // A poll would draw them anew.
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForLoadState('networkidle');
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(async () => (await background()) !== light[0]);
    await until(async () => (await pixelsOf(page, 'How long loads took', '--chart-loads')) > 100);
    expect(light[1]).to.be.greaterThan(100);
  });

  it('says why the server does not answer as it should, and goes on when it does', async () => {
    await call();
    let answer = true;
    const page = await open({ authorize: () => answer });
    const watched = opened.at(-1)!;
    answer = false;
    await pollUntil(page, page.getByText('This is not for you to see. Trying again.'));
    await page.route('**/overview*', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }));
    await pollUntil(page, page.getByText('The server answered with 502. Trying again.'));
    await page.unroute('**/overview*');
    answer = true;
    await pollUntil(page, page.getByText('Live'));
    const own = watched.troubles.filter((trouble) => !/status of (403|502)/.test(trouble));
    opened[opened.length - 1] = { page, troubles: own };
  });

  it('keeps the cache that is shown when something else answers once', async () => {
    const other = createCache({ store: new MemoryStore(), name: 'reports' });
    await other.getOrLoad(key`report:${1}`, () => 1, MINUTE);
    const page = await open({ caches: [cache, other] }, {}, '#cache=reports');
    await rows(page).getByText('report:{}').waitFor();
    const watched = opened.at(-1)!;
    await page.route('**/overview*', (route) => route.fulfill({ status: 404, body: '<h1>No backend</h1>' }));
    await pollUntil(page, page.getByText('The server answered with 404. Trying again.'));
    await page.unroute('**/overview*');
    await pollUntil(page, page.getByText('Live'));
    expect(await patterns(page)).to.deep.equal(['report:{}']);
    expect(page.url()).to.contain('#cache=reports');
    const own = watched.troubles.filter((trouble) => !trouble.includes('status of 404'));
    opened[opened.length - 1] = { page, troubles: own };
  });

  it('says what answers where it is no dashboard', async () => {
    await call();
    const page = await open();
    let body = '';
    await page.route('**/overview*', (route) => route.fulfill({ status: 200, body }));
    for (const [answer, said] of [
      ['<h1>Log in</h1>', 'The server answered with 200, and not with JSON: it may want you to log in. Trying again.'],
      ['{"other":1}', 'What answers is no dashboard of freshkeep. Trying again.'],
      ['null', 'What answers is no dashboard of freshkeep. Trying again.'],
    ] as const) {
      body = answer;
      await pollUntil(page, page.getByText(said));
    }
    // What is lost stays so until there is an answer.
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.locator('.state').getAttribute('class')).to.equal('state lost');
    await page.unroute('**/overview*');
    await page.getByRole('button', { name: 'Pause' }).click();
    await pollUntil(page, page.getByText('Live'));
  });

  it('shows the first cache where its address names one that is no more', async () => {
    await call();
    const page = await open({}, {}, '#cache=former&pattern=gone:%7B%7D');
    expect(await patterns(page)).to.deep.equal(['user:{}', 'price:{}', 'order:{}']);
    await page.locator('.pattern-name').getByText('user:{}').waitFor();
    const watched = opened.at(-1)!;
    const own = watched.troubles.filter((trouble) => !trouble.includes('status of 404'));
    opened[opened.length - 1] = { page, troubles: own };
  });

  it('waits for an action as long as it takes, and leaves the focus where it has gone', async () => {
    const ended = new Deferred();
    const page = await open({ actions: [{ name: 'Warm up', run: () => ended.promise }] });
    // All deadlines pass at once: polls end without an answer.
    await page.evaluate('AbortSignal.timeout = () => AbortSignal.abort()');
    await pollUntil(page, page.getByText('No answer. Trying again.'));
    await page.getByRole('button', { name: 'Warm up' }).click();
    await page.getByLabel('Filter by pattern').focus();
    ended.resolve();
    await page.getByText('Warm up: done.').waitFor();
    expect(await page.locator(':focus').getAttribute('placeholder')).to.equal('Filter');
  });

  it('says when the server is gone, and goes on when it is back', async () => {
    await call();
    const page = await open();
    const watched = opened.at(-1)!;
    await page.route('**/overview*', (route) => route.abort());
    await pollUntil(page, page.getByText('No answer. Trying again.'));
    await page.unroute('**/overview*');
    await pollUntil(page, page.getByText('Live'));
    // The browser itself reports the request that had no answer.
    const own = watched.troubles.filter((trouble) => !trouble.includes('net::ERR_FAILED'));
    opened[opened.length - 1] = { page, troubles: own };
  });
});

/** From now on `longestTask` is how long the page was blocked at most, if for more than 50 ms. */
const WATCH_TASKS = `window.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longestTask = Math.max(window.longestTask, duration);
  }).observe({ type: 'longtask' });`;
