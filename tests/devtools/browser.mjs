// browser.mjs -- What the real DevTools shows of our files, in headless Chromium.
//
// node browser.mjs CHROMIUM PICTURES FILE...     PICTURES: a folder for screenshots, or ''
//
// Each file goes in through the Memory panel's own file chooser. Prints as JSON, for each file, the
// rows that are on the page and the exact numbers of the objects behind them; of a heap snapshot
// that is not the first also the Comparison with the one before, and the Retainers of one object of
// its first class; of a timeline the Allocation stack of such an object and the Allocation view; and
// whatever DevTools complained of.
//
// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const [executablePath, pictures, ...files] = process.argv.slice(2);
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--lang=en-US'];
const ROWS = 'tr.data-grid-data-grid-node:visible';
const complaints = [];

async function picture(page, name) {
  if (pictures) {
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  }
}

// Rows as texts, once there are some.
async function rowsOf(page, within = page) {
  await within.locator(ROWS).first().waitFor();
  return within.locator(ROWS).evaluateAll((rows) => rows.map(
    (row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)));
}

// The numbers behind the rows of the grid that is shown, when they all have arrived.
function numbersOf(page, fields) {
  return page.evaluate(async (names) => {
    const { HeapProfilerPanel } = await import(
      'devtools://devtools/bundled/panels/profiler/profiler.js');
    const { visibleView } = HeapProfilerPanel.HeapProfilerPanel.instance();
    const grid = visibleView.dataGrid;
    const nodes = grid.allChildren ? grid.allChildren(grid.rootNode()) : grid.rootNode().children;
    return nodes.map((node) => Object.fromEntries(names.map((name) => [name, node[name]])));
  }, fields);
}

async function open(page, file) {
  await page.locator('input[type=file]').setInputFiles([file]);
  const name = basename(file, extname(file));
  const item = page.locator('li', { hasText: name.slice(0, 3) }).last();
  await item.locator('text=/\\((Loaded|[\\d.,]+\\s?[kMG]?B)\\)?/').waitFor();
  await item.click();
  return rowsOf(page);
}

async function comparison(page) {
  await page.locator('select:visible').first().selectOption({ label: 'Comparison' });
  await page.locator('th:visible', { hasText: '# New' }).waitFor();
  const rows = await rowsOf(page);
  await picture(page, 'comparison');
  return { rows, numbers: await numbersOf(page, [
    'nameInternal', 'addedCount', 'removedCount', 'addedSize', 'removedSize']) };
}

async function enlargeRetainers(page) {
  const { x, y } = await page.locator('text="Retainers"').first().boundingBox();
  await page.mouse.move(x + 200, y + 8);
  await page.mouse.down();
  await page.mouse.move(x + 200, 200, { steps: 4 });
  await page.mouse.up();
}

// Opens the first class, clicks its first object: the way to the root is its stack.
async function retainers(page) {
  await page.locator(ROWS).first().click();
  await page.keyboard.press('ArrowRight');
  const object = page.locator(ROWS, { hasText: '@' }).first();
  await object.waitFor();
  await object.click();
  await page.locator(ROWS, { hasText: /^calls/ }).first().waitFor();
  await enlargeRetainers(page);
  await picture(page, 'retainers');
  const rows = (await rowsOf(page)).map((row) => row[0].match(/^(?:calls|allocates)\s*in\s*(.*?)\s*@/));
  return rows.filter(Boolean).map((match) => match[1]);
}

// DevTools shows the stacks of a timeline only when this was ticked before it was loaded.
async function wantStacks(page) {
  await page.getByText('Allocations on timeline', { exact: true }).click();
  await page.getByText(/^Allocation stack traces/).click();
}

// Clicks the first object of the first class, and opens the pane beside its retainers.
async function allocationStack(page) {
  await page.locator(ROWS).first().click();
  await page.keyboard.press('ArrowRight');
  const object = page.locator(ROWS, { hasText: '@' }).first();
  await object.waitFor();
  await object.click();
  await page.getByRole('tab', { name: 'Allocation stack' }).click();
  const frames = page.locator('.heap-allocation-stack .stack-frame');
  await frames.first().waitFor();
  await picture(page, 'allocation-stack');
  return frames.evaluateAll((rows) => rows.map((row) => row.textContent));
}

async function allocations(page) {
  await page.locator('select:visible').first().selectOption({ label: 'Allocation' });
  await page.locator('th:visible', { hasText: 'Live count' }).waitFor();
  const rows = await rowsOf(page);
  await picture(page, 'allocation');
  return rows;
}

async function chart(page) {
  await page.locator('select:visible').first().selectOption({ label: 'Chart' });
  await page.locator('canvas:visible').first().waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(
    () => requestAnimationFrame(done))));
  await picture(page, 'flame-chart');
}

async function show(page, file, earlier) {
  const result = { summary: await open(page, file) };
  if (extname(file) === '.heapprofile') {
    await chart(page);
  } else if (extname(file) === '.heapsnapshot') {
    result.numbers = await numbersOf(page, ['nameInternal', 'count', 'shallowSize']);
    if (earlier) {
      result.comparison = await comparison(page);
      result.retainers = await retainers(page);
    }
  } else if (extname(file) === '.heaptimeline') {
    result.numbers = await numbersOf(page, ['nameInternal', 'count', 'shallowSize']);
    result.stack = await allocationStack(page);
    result.allocations = await allocations(page);
  }
  return result;
}

async function main() {
  const profile = mkdtempSync(join(tmpdir(), 'heapdiff-test.'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, args, headless: true, viewport: { width: 1200, height: 640 } });
  try {
    const [page] = context.pages();
    page.setDefaultTimeout(90_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) {
        complaints.push(message.text());
      }
    });
    await page.goto('devtools://devtools/bundled/devtools_app.html?panel=heap-profiler');
    await page.locator('input[type=file]').waitFor({ state: 'attached' });
    const shown = [];
    if (files.some((file) => extname(file) === '.heaptimeline')) {
      await wantStacks(page);
    }
    for (const file of files) {
      const earlier = shown.length > 0 && extname(file) === '.heapsnapshot';
      shown.push(await show(page, file, earlier));
    }
    process.stdout.write(JSON.stringify({ shown, complaints }));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

await main();
