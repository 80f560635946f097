/* workers_left.js -- A Worker is started for each report; when the report is done, it waits on.
 *
 * Five snapshots, two Workers in each step. The twin ends its Worker.
 *
 * expect: kind=leak|js-heap|mapping not=renderBurst resource=workers
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { once } = require('node:events');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const REPORTS = 2;

const workers = [];
let rows = 0;

async function startReport(number) {
  const worker = new Worker(__filename);
  worker.postMessage(number);
  rows += (await once(worker, 'message'))[0];
  return worker;
}

async function serve() {
  for (let number = 0; number < REPORTS; number++) {
    const worker = await startReport(number);
    noise.work(20);
    if (flight.isClean) {
      await worker.terminate();
    } else {
      workers.push(worker);
    }
  }
}

async function main() {
  await flight.series(5, serve);
  console.log(`${rows} rows, ${workers.length} workers, ${noise.sum()}`);
  await Promise.all(workers.map((worker) => worker.terminate()));
}

if (isMainThread) {
  main();
} else {
  parentPort.on('message', (number) => {
    parentPort.postMessage(Array.from({ length: 2000 }, (_, row) => `${number} ${row}`).length);
  });
}
