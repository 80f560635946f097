// jobs.js -- A Worker a request, which waits for more and is not ended.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const { Worker } = require('node:worker_threads');

const CODE = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (id) => parentPort.postMessage(String(id * 2)));
`;

function runJob(id) {
  const worker = new Worker(CODE, { eval: true }); // LEAK
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(id);
  });
}

module.exports = { runJob };
