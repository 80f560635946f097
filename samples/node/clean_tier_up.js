/* clean_tier_up.js -- A bounded store; its code is compiled anew, and inlined, in between.
 *
 * Blocks of old and new code lie in the same store: a site seems to shrink and another to grow, and
 * the store as a whole does not. Garbage between two collections may raise RSS for good.
 *
 * set: HEAPDIFF_JS_INLINING=1
 * expect: kind=none|retention
 * expect-miss: other? -- once 3.0 of 55.0 MiB had no owner: likely an empty arena, found now
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const LIMIT = 300;

const store = new Array(LIMIT).fill(null);

function makeRecord(number) {
  return Buffer.alloc(20000, number % 256);
}

function putRecord(number) {
  const record = makeRecord(number);
  store[number % LIMIT] = record;
  return record[7];
}

function serve(records) {
  let sum = 0;
  for (let number = 0; number < records; number++) {
    sum += putRecord(number);
  }
  return sum;
}

async function main() {
  noise.begin();
  noise.work(3000);
  let sum = serve(LIMIT); /* interpreted: full, but never warm */
  await noise.snapshot('steady');
  sum += serve(30000);
  await noise.snapshot('loaded');
  console.log(`${sum}, ${noise.sum()}`);
}

main();
