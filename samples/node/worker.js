/* worker.js -- A worker thread keeps the frames that it decodes; the main thread keeps none.
 *
 * expect: kind=leak site1=decodeFrame file=worker.js growth=14745600±2% blocks=+600±2%
 * expect: absent=makeFrame
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { once } = require('node:events');
const noise = require('../common/noise.js');

const FRAME_SIZE = 24576;

const decoded = [];

function decodeFrame(frame) {
  const picture = Buffer.alloc(FRAME_SIZE);
  picture.set(frame);
  return picture;
}

async function handleMessage(message) {
  if (message === 'settle') {
    await noise.settle();
    parentPort.postMessage('settled');
    return;
  }
  decoded.push(decodeFrame(message));
  parentPort.postMessage(decoded.length);
}

function makeFrame(number) {
  return Buffer.alloc(FRAME_SIZE, number % 256);
}

async function serve(worker, frames) {
  let count = 0;
  for (let number = 0; number < frames; number++) {
    worker.postMessage(makeFrame(number));
    [count] = await once(worker, 'message');
    noise.work(6);
  }
  return count;
}

async function snapshot(worker, label) {
  worker.postMessage('settle');
  await once(worker, 'message');
  await noise.snapshot(label);
}

async function main() {
  const worker = new Worker(__filename);
  noise.begin();
  await serve(worker, 150);
  await snapshot(worker, 'steady');
  const count = await serve(worker, 600);
  await snapshot(worker, 'loaded');
  console.log(`${count} frames, ${noise.sum()}`);
  await worker.terminate();
}

if (isMainThread) {
  main();
} else {
  parentPort.on('message', handleMessage);
}
