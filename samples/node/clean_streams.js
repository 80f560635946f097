/* clean_streams.js -- Streams with backpressure and compressors that are closed: work, no growth.
 *
 * Garbage between two collections may raise RSS for good, so retention is right as well.
 *
 * expect: kind=none|retention
 * expect-miss: verdict? -- the JS heap may stand 4 MiB higher at the second collection
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { Readable, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const zlib = require('node:zlib');
const noise = require('../common/noise.js');

function* readPart(parts) {
  for (let number = 0; number < parts; number++) {
    yield Buffer.alloc(16384, `part ${number} `);
  }
}

async function compress(parts) {
  let size = 0;
  const sink = new Writable({
    write(chunk, encoding, done) {
      size += chunk.length;
      done();
    },
  });
  await pipeline(Readable.from(readPart(parts)), zlib.createGzip(), sink);
  return size;
}

async function serve(requests) {
  let size = 0;
  for (let number = 0; number < requests; number++) {
    size += await compress(8);
    noise.work(10);
  }
  return size;
}

async function main() {
  noise.begin();
  let size = await serve(500);
  await noise.snapshot('steady');
  size += await serve(200);
  await noise.snapshot('loaded');
  console.log(`${size} bytes, ${noise.sum()}`);
}

main();
