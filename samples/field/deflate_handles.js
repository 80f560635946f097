/* deflate_handles.js -- A compressor for each download, kept in a list and never closed.
 *
 * Two snapshots, the first after a collection. In the twin the compressors are dropped: they are
 * garbage, but zlib's memory goes only when V8 collects them.
 *
 * expect: kind=leak gate=exceeded also=compress not=renderBurst
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const zlib = require('node:zlib');
const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const FIRST = 40;
const DOWNLOADS = 120;

const downloads = [];
let bytes = 0;

/* One chunk, flushed; the stream stays open for more that never comes. */
function compress(number) {
  const stream = zlib.createDeflate({ level: 1 });
  return new Promise((resolve) => {
    stream.once('data', (part) => { bytes += part.length; });
    stream.write(`download ${number} `.repeat(200));
    stream.flush(() => resolve(stream));
  });
}

async function serve(step) {
  const count = step === 0 ? FIRST : DOWNLOADS;
  for (let number = 0; number < count; number++) {
    const stream = await compress(number);
    noise.work(4);
    if (!flight.isClean) {
      downloads.push(stream);
    }
  }
}

flight.series(2, serve, (step) => ({ collect: step === 0 })).then(() => {
  console.log(`${bytes > 0}, ${downloads.length} downloads, ${noise.sum()}`);
});
