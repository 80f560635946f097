// page.mjs -- How long the page of a report takes to be of use. Run by page.py.
//
// node page.mjs FILE ROUNDS: prints as JSON, for each round, milliseconds from navigation to the
// first view drawn, from a typed letter to the next frame, and the gap between frames that 95 of 100
// stay below while the table is scrolled by the wheel and dragged through all of it.
//
// SPDX-License-Identifier: Apache-2.0
import { Browser } from '../viewer/browser.mjs';

const [file, rounds] = process.argv.slice(2);

// In the page: types letters one by one.
async function typing() {
  const field = document.getElementById('search');
  let longest = 0;
  for (const word of ['s', 'si', 'sit', 'site', 'site9', 'site99', 'site999']) {
    const start = performance.now();
    field.value = word;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    longest = Math.max(longest, performance.now() - start);
  }
  field.value = '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return longest;
}

// In the page: a hundred frames, STEP pixels each; 0: from the top to the end.
async function scrolling(step) {
  const table = document.querySelector('.table');
  const gaps = [];
  let before = performance.now();
  table.scrollTop = 0;
  for (let frame = 1; frame <= 100; frame += 1) {
    table.scrollTop = frame * (step || table.scrollHeight / 100);
    const now = await new Promise((done) => requestAnimationFrame(done));
    gaps.push(now - before);
    before = now;
  }
  return gaps.sort((a, b) => a - b)[94];
}

const browser = await Browser.open();
try {
  const results = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    await browser.go(file, '#sites?all=1');
    const ready = Number(await browser.page.locator('html').getAttribute('data-ready'));
    results.push({ ready, typing: await browser.page.evaluate(typing),
      scrolling: await browser.page.evaluate(scrolling, 120),
      dragging: await browser.page.evaluate(scrolling, 0) });
  }
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
}
