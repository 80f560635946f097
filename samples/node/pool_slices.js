/* pool_slices.js -- A few bytes per request are kept, and each keeps a slab of Node's Buffer pool.
 *
 * Small Buffers are slices of a shared block of 8 KiB. readFrame needs most of each block and keeps
 * nothing, so it is mostly readFrame that runs when a new block is made. rememberTopic keeps a few
 * bytes of each block.
 *
 * expect: kind=leak site1=Buffer_pool_slab growth=6553600±10% blocks=+800±10%
 * expect: absent=readFrame absent=rememberTopic
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const topics = new Map();

function readFrame(number) {
  let bytes = 0;
  for (let part = 0; part < 12; part++) {
    bytes += Buffer.allocUnsafe(700 + ((number + part) % 16)).length;
  }
  return bytes;
}

function rememberTopic(number) {
  topics.set(number, Buffer.from(`topic ${number % 10}`)); /* Buffer.alloc copies into its own */
}

function serve(requests) {
  let bytes = 0;
  for (let number = 0; number < requests; number++) {
    bytes += readFrame(number);
    rememberTopic(topics.size);
    noise.work(8);
  }
  return bytes;
}

async function main() {
  noise.begin();
  let bytes = serve(150);
  await noise.snapshot('steady');
  bytes += serve(800);
  await noise.snapshot('loaded');
  console.log(`${topics.size} topics, ${topics.get(7)}, ${bytes} bytes, ${noise.sum()}`);
}

main();
