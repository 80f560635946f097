/* clean_lru.js -- A cache of 200 Buffers that drops the one that was used longest ago.
 *
 * Garbage between two collections may raise RSS for good, so retention is right as well.
 *
 * expect: kind=none|retention
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const LIMIT = 200;

const pictures = new Map();
let hits = 0;

function loadPicture(number) {
  return Buffer.alloc(20000 + (number % 50) * 10, number % 256);
}

function getPicture(number) {
  let picture = pictures.get(number);
  if (picture !== undefined) {
    hits++;
    pictures.delete(number);
  } else {
    picture = loadPicture(number);
  }
  pictures.set(number, picture);
  if (pictures.size > LIMIT) {
    pictures.delete(pictures.keys().next().value);
  }
  return picture;
}

function serve(requests) {
  let sum = 0;
  for (let number = 0; number < requests; number++) {
    sum += getPicture(noise.random(1000))[3];
    noise.work(1);
  }
  return sum;
}

async function main() {
  noise.begin();
  let sum = serve(12000);
  await noise.snapshot('steady');
  sum += serve(4000);
  await noise.snapshot('loaded');
  console.log(`${sum}, ${hits} hits, ${noise.sum()}`);
}

main();
