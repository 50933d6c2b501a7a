import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { findChromium, howToGetChromium } from '../support/chromium-binary.mjs';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and all that went wrong in it: what it has written to the console, and whom else it has asked. */
export interface WatchedPage {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** A real browser, with a profile of its own that is gone afterwards. */
export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(command = 'npm test'): Promise<TestBrowser> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error(howToGetChromium('The page of the dashboard needs', command));
    return new TestBrowser(await chromium.launch({ executablePath, args: ARGUMENTS }));
  }

  /** The dashboard at `url`, once it shows figures. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const troubles: string[] = [];
    const { origin } = new URL(url);
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) troubles.push(`request to ${request.url()}`);
    });
    await page.clock.install();
    await page.goto(url);
    await page.locator('.app.ready').waitFor();
    return { page, troubles };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
