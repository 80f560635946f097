// speedscope.mjs -- What speedscope makes of our files: the names and weights that it shows.
//
// node speedscope.mjs CHROMIUM FILE...     its own release, opened from disk in headless Chromium
//
// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, ...files] = process.argv.slice(2);
const root = dirname(createRequire(import.meta.url).resolve('speedscope/package.json'));
const profile = mkdtempSync(join(tmpdir(), 'heapdiff-test.'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath, headless: true, viewport: { width: 1200, height: 700 },
  args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
try {
  const shown = [];
  for (const file of files) {
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    await page.goto(pathToFileURL(join(root, 'dist/release/index.html')).href);
    await page.locator('input[type=file]').setInputFiles([file]);
    await page.getByText('Sandwich').click();
    await page.locator('table tbody tr, table tr').nth(1).waitFor();
    const rows = await page.locator('table tr').evaluateAll((all) => all.map(
      (row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)));
    shown.push(rows.filter((row) => row.length > 2));
    await page.close();
  }
  process.stdout.write(JSON.stringify(shown));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
