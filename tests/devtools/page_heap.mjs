// page_heap.mjs -- Two heap snapshots of a page in headless Chromium, with detached elements.
//
// node page_heap.mjs CHROMIUM FIRST SECOND
//
// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs';

import { chromium } from 'playwright-core';

const [executablePath, first, second] = process.argv.slice(2);

async function take(session, path) {
  const file = openSync(path, 'w');
  const add = ({ chunk }) => writeSync(file, chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', add);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', add);
  closeSync(file);
}

// Runs in the page.
function fill(count) {
  globalThis.kept ??= { lists: [], handlers: [], cache: new Map() };
  // `big` is dead when `once` is gone, and stays as long as the handler does.
  const handler = (number) => {
    const big = new Array(1000).fill(number), used = { number };
    const once = () => big.length;
    once();
    return () => used.number;
  };
  for (let i = 0; i < count; i++) {
    const list = document.createElement('ul');
    list.id = `list ${i}`;
    list.innerHTML = `<li class="a">one</li><li data-n="${i}">two</li>`;
    (i % 2 ? document.body : document.createElement('div')).append(list);
    list.addEventListener('click', () => i);
    globalThis.kept.lists.push(list);
    globalThis.kept.handlers.push(handler(i));
    globalThis.kept.cache.set(`key ${i}`, { i, text: `text ${i}`, when: new Date(i) });
  }
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage();
await page.setContent('<!doctype html><title>page</title><body><iframe></iframe></body>');
const session = await page.context().newCDPSession(page);
await session.send('HeapProfiler.enable');
await page.evaluate(fill, 100);
await take(session, first);
await page.evaluate(fill, 500);
await take(session, second);
await browser.close();
