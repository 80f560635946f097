// browser.mjs -- A Chromium of its own for the tests of the page, and what they ask of it.
//
// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(new URL('../../viewer/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const VIEWS = ['#summary', '#sites?all=1', '#sites?site=0', '#flame',
  '#flame?what=live&inverted=1', '#timeline', '#facts'];

export class Browser {
  static async open() {
    const browser = new Browser();
    browser.profile = mkdtempSync(join(tmpdir(), 'heapdiff-test.'));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: '/usr/bin/chromium', args, headless: true, acceptDownloads: true,
      viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    [browser.page] = browser.context.pages();
    browser.page.setDefaultTimeout(15000);
    browser.complaints = [];
    browser.page.on('pageerror', (error) => browser.complaints.push(error.message));
    browser.page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) {
        browser.complaints.push(message.text());
      }
    });
    browser.requests = [];
    browser.page.on('request', (request) => browser.requests.push(request.url()));
    // What is copied is kept for the test: a headless browser has no clipboard of its own.
    await browser.page.addInitScript(() => {
      const writeText = async (text) => { window.copied = text; };
      Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
    });
    return browser;
  }

  async close() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  // Opens a report anew, with a view; back to where it is drawn.
  async go(file, hash = '') {
    await this.page.goto('about:blank');
    await this.page.goto(`file://${file}${hash}`);
    await this.page.waitForSelector('html[data-ready]');
    await this.drawn();
  }

  // After the next two frames all effects have run.
  drawn() {
    return this.page.evaluate(() => new Promise((done) =>
      requestAnimationFrame(() => requestAnimationFrame(done))));
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
    await this.drawn();
  }

  hash() {
    return this.page.evaluate(() => location.hash);
  }

  texts(selector) {
    return this.page.locator(selector).allInnerTexts();
  }

  // Serious faults of accessibility, each with the element.
  async faults() {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, {
      resultTypes: ['violations'] }));
    return violations.filter((item) => ['serious', 'critical'].includes(item.impact))
      .map((item) => `${item.id}: ${item.nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
  }
}
