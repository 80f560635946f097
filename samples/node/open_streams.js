/* open_streams.js -- A compressor for every client, written to and never closed: zlib's own memory.
 *
 * zlib allocates its tables in libuv's threads, far from the JS that opened the stream.
 *
 * expect: kind=leak
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const zlib = require('node:zlib');
const noise = require('../common/noise.js');

const open = [];

function openStream() {
  const stream = zlib.createDeflateRaw();
  stream.resume();
  open.push(stream);
  return stream;
}

async function serve(clients) {
  for (let number = 0; number < clients; number++) {
    const stream = openStream();
    await new Promise((resolve) => stream.write(`client ${number}`, resolve));
    noise.work(10);
  }
}

async function main() {
  noise.begin();
  await serve(20);
  await noise.snapshot('steady');
  await serve(80);
  await noise.snapshot('loaded');
  console.log(`${open.length} streams, ${noise.sum()}`);
}

main();
