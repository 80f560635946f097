// page.mjs -- The page in Chromium: each view, each key, untrusted names. Run by test_page.py.
//
// node --test page.mjs, with REPORTS naming a folder of reports (see test_page.py).
//
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { Browser, VIEWS } from './browser.mjs';

const report = (name) => `${process.env.REPORTS}/${name}.html`;
const MADE = report('made');
let browser;
let page;

before(async () => {
  browser = await Browser.open();
  ({ page } = browser);
});
after(() => browser.close());
afterEach(() => {
  assert.deepEqual(browser.complaints.splice(0), []);
});

for (const name of ['made', 'hostile', 'node', 'c']) {
  test(`${name}: every view fits into 1280 and 390 pixels without a complaint`, async () => {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      for (const view of VIEWS) {
        await browser.go(report(name), view);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${view} is ${wide} pixels wide in ${width}`);
        assert.ok((await page.locator('main').innerText()).length > 40, `${view} is empty`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: no serious fault of accessibility`, async () => {
    await page.emulateMedia({ colorScheme });
    for (const view of VIEWS) {
      await browser.go(MADE, view);
      assert.deepEqual(await browser.faults(), [], view);
    }
    await browser.press('?');
    assert.deepEqual(await browser.faults(), [], 'help');
    await page.emulateMedia({ colorScheme: 'light' });
  });
}

test('the summary says what compare says, and its parts add up', async () => {
  const compared = JSON.parse(readFileSync(`${process.env.REPORTS}/made.json`, 'utf8'));
  await browser.go(MADE);
  assert.equal((await browser.texts('.sentence'))[0], compared.verdict.text);
  const data = JSON.parse(await page.locator('#heapdiff-data').textContent());
  const sum = data.verdict.parts.reduce((a, b) => a + b, 0);
  assert.equal(sum, compared.verdict.rss_growth_bytes);
  assert.equal((await browser.texts('.waterfall .sum .number'))[0], '+12.0 MiB');
  assert.match((await browser.texts('.top li'))[0], /\+9\.4 MiB[\s\S]*keepUpload/);
});

test('the summary leads on: caller, resources, the next step and its commands', async () => {
  await browser.go(MADE);
  const first = (await browser.texts('.first'))[0];
  assert.match(first, /keepUpload[\s\S]*\+9\.4 MiB in 300 blocks[\s\S]*called from route app\.js:4/);
  assert.match((await browser.texts('.resources li'))[0], /150 timers were set and not cleared/);
  const commands = await browser.texts('.commands code');
  assert.equal(commands[0], 'heapdiff report 1.db 2.db 3.db 4.db -o growth.html');
  assert.ok(await page.locator('.first.suspect').count() === 1);
  await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
  assert.equal(await page.evaluate(() => window.copied), commands[0]);
});

test('only suspects are red', async () => {
  await browser.go(MADE, '#sites?all=1');
  const toned = await page.locator('.rows .row:has(.meter.suspect) .name .name')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent.split(' ')[0]));
  assert.deepEqual(toned, ['keepUpload']);
  assert.equal(await page.locator('.rows .growth .up').count(), 1);
});

test('in 390 pixels the header is one line, and all of it can be reached', async () => {
  await page.setViewportSize({ width: 390, height: 800 });
  await browser.go(MADE);
  const { height } = await page.locator('.masthead').boundingBox();
  assert.ok(height < 60, `${height} pixels`);
  await page.getByLabel('View', { exact: true }).selectOption('timeline');
  assert.equal(await browser.hash(), '#timeline');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Copy Markdown' }).click();
  assert.match(await page.evaluate(() => window.copied), /^### server/);
  assert.deepEqual(await browser.faults(), []);
  await page.setViewportSize({ width: 1280, height: 800 });
});

const detail = async () => (await browser.texts('.detail'))[0];

test('the summary shows growth by label, and links to its flame graph', async () => {
  await browser.go(MADE);
  assert.deepEqual(await browser.texts('.groups tbody th'), ['POST /upload', '(no label)']);
  assert.match((await browser.texts('.groups tbody tr'))[0], /\+9\.4 MiB/);
  await page.getByRole('button', { name: 'Flame graph by label' }).click();
  await page.locator('.flame canvas').click({ position: { x: 30, y: 30 } });
  assert.match(await detail(), /POST \/upload[\s\S]*\+9\.4 MiB/);
  await page.getByLabel('by label').uncheck();
  assert.doesNotMatch(await browser.hash(), /grouped/);
});

test('sites: search, filters, sorting, and the address that keeps them', async () => {
  await browser.go(MADE, '#sites?all=1');
  const names = () => page.locator('.rows .name .name').evaluateAll(
    (cells) => cells.map((cell) => cell.textContent.split(' ')[0]));
  assert.deepEqual(await names(), ['keepUpload', 'cachePage', 'formatLine', 'queueJob']);
  await browser.press('/');
  await page.keyboard.type('line');
  await browser.drawn();
  assert.deepEqual(await names(), ['formatLine']);
  await browser.press('Escape');
  assert.deepEqual((await names()).length, 4);
  await page.getByRole('button', { name: 'Churn' }).click();
  assert.equal((await names())[0], 'cachePage');
  assert.equal(await page.locator('.head .temporary').getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', { name: 'Churn' }).click();
  assert.equal((await names()).at(-1), 'cachePage');
  await page.getByLabel('Kind').selectOption('malloc');
  assert.deepEqual((await names()).sort(), ['formatLine', 'queueJob']);
  const hash = await browser.hash();
  await browser.go(MADE, hash);
  assert.deepEqual((await names()).sort(), ['formatLine', 'queueJob']);
});

test('keys: Enter opens the marked site also after a click on the bar above', async () => {
  await browser.go(MADE);
  await page.getByRole('button', { name: 'Sites', exact: true }).click();
  await browser.press('j', 'Enter');
  assert.match((await browser.texts('article.site h2'))[0], /keepUpload/);
});

test('keys: j and k mark, Enter opens, Escape and Back lead out', async () => {
  await browser.go(MADE, '#sites?all=1');
  await browser.press('j', 'j', 'k');
  assert.equal(await page.locator('.marked').getAttribute('aria-rowindex'), '2');
  await browser.press('Enter');
  assert.equal(await browser.hash(), '#sites?site=0&all=1');
  assert.match((await browser.texts('article.site h2'))[0], /keepUpload/);
  await browser.press('j');
  assert.match((await browser.texts('article.site h2'))[0], /cachePage/);
  await browser.press('Escape');
  assert.equal(await page.locator('article.site').count(), 0);
  await page.goBack();
  await browser.drawn();
  assert.equal(await page.locator('article.site').count(), 1);
  await browser.press('3');
  assert.match(await browser.hash(), /^#flame/);
  await browser.press('?');
  assert.equal(await page.locator('dialog[open]').count(), 1);
  await browser.press('Escape');
  assert.equal(await page.locator('dialog').count(), 0);
  await browser.press('t', 't');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    'rgb(20, 23, 28)');
  await browser.press('t');
});

test('a site shows its stack with each kind of frame, sizes, lifetimes and a series', async () => {
  await browser.go(MADE, '#sites?site=0');
  await page.getByLabel('every frame').check();
  const frames = await browser.texts('.stack .frame');
  assert.equal(frames.length, 6);
  assert.match(frames[0], /operator new/);
  assert.match(frames[1], /JIT[\s\S]*program[\s\S]*keepUpload[\s\S]*app\.js:40:5/);
  assert.equal(await page.locator('.stack .site').count(), 1);
  const bars = await browser.texts('.bars');
  assert.match(bars[0], /32\.0 KiB –[\s\S]*400 blocks, 12\.5 MiB/);
  assert.match(bars[1], /before step 1[\s\S]*100 blocks[\s\S]*step 3 – step 4[\s\S]*100 blocks/);
  assert.equal(await page.locator('.chart canvas').count(), 1);
  await page.getByRole('button', { name: 'Copy stack' }).click();
  assert.match(await page.evaluate(() => window.copied), /^#0 operator new\n#1 keepUpload \(app/);
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  assert.match(await page.evaluate(() => window.copied), /^### `keepUpload \(app.js:40\)`: \+9.4/);
});

test('the flame graph: modes, keys, zoom, search', async () => {
  await browser.go(MADE, '#flame');
  const ink = () => page.locator('.flame canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  assert.ok(await ink() > 20, 'something is drawn');
  await page.locator('.flame canvas').focus();
  await browser.press('ArrowDown');
  assert.match(await detail(), /main \(app\.js:1\)\s+\+/);
  await browser.press('ArrowDown', 'ArrowRight');
  assert.match(await detail(), /queueJob[\s\S]*−1\.5 MiB/);
  await browser.press('Enter');
  assert.match(await browser.hash(), /zoom=\d+/);
  await browser.press('Escape');
  assert.doesNotMatch(await browser.hash(), /zoom/);
  await browser.press('i');
  assert.match(await browser.hash(), /inverted=1/);
  await page.getByRole('button', { name: 'live' }).click();
  await page.getByLabel('Search frames').fill('cachePage');
  assert.match((await browser.texts('.filters .count'))[0], /^\d+(\.\d)? % found$/);
  await page.getByLabel('Frames', { exact: true }).selectOption('own');
  assert.match(await browser.hash(), /depth=own/);
  await page.locator('.flame canvas').click({ position: { x: 30, y: 30 } });
  assert.match(await detail(), /keepUpload/);
});

test('the timeline draws the series and lists the snapshots', async () => {
  await browser.go(MADE, '#timeline');
  assert.equal(await page.locator('.chart canvas').count(), 4);
  const legends = (await browser.texts('.u-legend')).join(' ');
  for (const word of ['RSS', 'heapUsed', 'requests', 'external', 'eventLoopDelay p99 ms']) {
    assert.ok(legends.includes(word), word);
  }
  assert.match(legends, /step 4, 3 min[\s\S]*RSS:?\s*56\.0 MiB/, 'the legend shows the last snapshot');
  assert.deepEqual(await browser.texts('.plain tbody td:nth-child(2)'),
    ['step 1', 'step 2', 'step 3', 'step 4']);
});

test('copies the summary and saves the data', async () => {
  await browser.go(MADE);
  await page.getByRole('button', { name: 'Copy Markdown' }).click();
  const copied = await page.evaluate(() => window.copied);
  assert.match(copied, /^### server: RSS grew/);
  assert.match(copied, /\| \*\*RSS\*\* \| \*\*\+12\.0 MiB\*\* \|/);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save JSON' }).click();
  const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'));
  assert.equal(saved.snapshots.length, 4);
});

test('untrusted names are text: nothing runs, no request leaves the page', async () => {
  browser.requests.length = 0;
  for (const view of [...VIEWS, '#sites?all=1&query=onerror', '#sites?site=1', '#sites?site=3']) {
    await browser.go(report('hostile'), view);
    assert.equal(await page.evaluate(() => window.stolen), undefined, view);
    assert.equal(await page.locator('main img, main script').count(), 0, view);
  }
  await browser.go(report('hostile'), '#sites?all=1');
  const names = (await browser.texts('.rows .name .name')).join('\n');
  for (const part of ['</script><script>window.stolen = 1</script>', '<img src=x onerror=',
    'line?separator?and?reversed?', '__proto__', 'f\ufffdo']) {
    assert.ok(names.includes(part), `${part} is not in ${names.slice(0, 2000)}`);
  }
  assert.deepEqual(browser.requests.filter((url) => !/^(file|data|about):/.test(url)), []);
});

test('a script that got into the page would be refused', async () => {
  await browser.go(MADE);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.stolen = 2';
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.stolen), undefined);
  assert.match(browser.complaints.splice(0).join(), /Content Security Policy/);
});

test('prints without its buttons', async () => {
  await browser.go(MADE);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('nav').isVisible(), false);
  assert.equal(await page.locator('.waterfall').isVisible(), true);
  await page.emulateMedia({ media: 'screen' });
});

test('only rows in sight are drawn, however many sites there are', async () => {
  await browser.go(report('large'), '#sites?all=1');
  assert.match((await browser.texts('.count'))[0], /10,000 of 10,000 sites/);
  assert.ok(await page.locator('.rows .row').count() < 60);
  await page.locator('.table').evaluate((table) => { table.scrollTop = table.scrollHeight; });
  await page.locator('.rows .row[aria-rowindex="10001"]').waitFor();
  await page.getByLabel('Search sites').fill('site9999');
  await browser.drawn();
  assert.equal(await page.locator('.rows .row').count(), 1);
});

test('a page without data says what to do', async () => {
  await browser.go(report('empty'));
  assert.match((await browser.texts('[role=alert]'))[0], /heapdiff report A\.db B\.db/);
});
