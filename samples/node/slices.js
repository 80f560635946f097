/* slices.js -- 64 bytes of every body are kept, and each slice keeps its whole body alive.
 *
 * expect: kind=leak site1=receiveBody file=slices.js growth=13107200±2% blocks=+800±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const BODY_SIZE = 16384;

const tokens = [];

function receiveBody(number) {
  const body = Buffer.allocUnsafe(BODY_SIZE);
  body.fill(`token ${number};`);
  return body;
}

function rememberToken(body) {
  tokens.push(body.subarray(0, 64)); /* a copy would do */
}

function serve(requests) {
  for (let number = 0; number < requests; number++) {
    rememberToken(receiveBody(number));
    noise.work(8);
  }
}

async function main() {
  noise.begin();
  serve(150);
  await noise.snapshot('steady');
  serve(800);
  await noise.snapshot('loaded');
  console.log(`${tokens.length} tokens, ${tokens[7].toString('latin1', 0, 8)}, ${noise.sum()}`);
}

main();
