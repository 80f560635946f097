/* timers.js -- Every device that connects starts an interval; none is cleared when it leaves.
 *
 * The interval's closure keeps the device's frame.
 *
 * expect: kind=leak site1=watchDevice file=timers.js growth=12000000±2% blocks=+600±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('../common/noise.js');

const HOUR = 3600 * 1000;

let watched = 0;

function watchDevice(number) {
  const frame = Buffer.alloc(20000, number % 256);
  setInterval(() => { frame[0]++; }, HOUR);
  watched += frame.length;
}

/* Cleared, as it should be. */
function pollDevice(number) {
  const frame = Buffer.alloc(20000, number % 256);
  const timer = setInterval(() => { frame[0]++; }, HOUR);
  watched += frame[7];
  clearInterval(timer);
}

function serve(devices) {
  for (let number = 0; number < devices; number++) {
    watchDevice(number);
    pollDevice(number);
    pollDevice(number + 1);
    noise.work(8);
  }
}

async function main() {
  noise.begin();
  serve(150);
  await noise.snapshot('steady');
  serve(600);
  await noise.snapshot('loaded');
  console.log(`${watched} watched, ${noise.sum()}`);
  process.exit(0);
}

main();
