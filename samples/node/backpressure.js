/* backpressure.js -- A sensor is read faster than its stream can write, and `false` is ignored.
 *
 * Of four parts that are written one leaves the stream's own queue.
 *
 * expect: kind=leak site1=readSensor file=backpressure.js growth=14745600±2% blocks=+900±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { Writable } = require('node:stream');
const noise = require('../common/noise.js');

const PART_SIZE = 16384;

let written = 0;
let finishWrite = null;

const disk = new Writable({
  write(part, encoding, done) {
    written += part.length;
    finishWrite = done;
  },
});

function readSensor(number) {
  return Buffer.alloc(PART_SIZE, number % 256);
}

async function pump(parts) {
  for (let number = 0; number < parts; number++) {
    disk.write(readSensor(number)); /* false means: wait for 'drain' */
    if (number % 4 === 3) {
      finishWrite();
      await new Promise(setImmediate);
    }
    noise.work(4);
  }
}

async function main() {
  noise.begin();
  await pump(80);
  await noise.snapshot('steady');
  await pump(1200);
  await noise.snapshot('loaded');
  console.log(`${written} bytes written, ${noise.sum()}`);
}

main();
