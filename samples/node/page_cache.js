/* page_cache.js -- A cache of rendered pages whose key holds a time stamp: every page is new.
 *
 * expect: kind=leak site1=render file=page_cache.js growth=14400000±2% blocks=+600±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const PAGE_SIZE = 24000;

class PageCache {
  constructor() {
    this.pages = new Map();
  }

  get(path, stamp) {
    const key = `${path}@${stamp}`;
    let page = this.pages.get(key);
    if (page === undefined) {
      page = this.render(path, stamp);
      this.pages.set(key, page);
    }
    return page;
  }

  render(path, stamp) {
    const page = Buffer.allocUnsafe(PAGE_SIZE);
    page.fill(`<h1>${path}</h1> ${stamp} `);
    return page;
  }
}

const cache = new PageCache();
let sent = 0;

function serve(first, count) {
  for (let stamp = first; stamp < first + count; stamp++) {
    sent += cache.get(`/page/${stamp % 7}`, stamp).length;
    noise.work(10);
  }
}

async function main() {
  noise.begin();
  serve(0, 200);
  await noise.snapshot('steady');
  serve(200, 600);
  await noise.snapshot('loaded');
  console.log(`${sent} bytes sent, ${noise.sum()}`);
}

main();
