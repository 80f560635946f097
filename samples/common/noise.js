/* noise.js -- What a Node service does beside its leak: constant tables, work that keeps nothing.
 *
 * begin() builds the decoys; work(n) makes and drops Buffers, strings and objects. Seeded: every
 * run does the same. snapshot(label) lets the garbage be collected, unless collect is false, prints
 * "snapshot LABEL", and waits for a line on stdin (or its end): whoever runs the program takes the
 * snapshot meanwhile.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const v8 = require('node:v8');
const vm = require('node:vm');

const RECENT = 32;
const recent = new Array(RECENT).fill(null);
const table = [];
let state = 2463534242;
let inputEnded = false;
let sum = 0;

/* xorshift32 (Marsaglia 2003): the same numbers everywhere. */
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

function loadTables() {
  for (let i = 0; i < 64; i++) {
    table.push(Buffer.alloc(100000, `table ${i}`));
  }
}

function makeMessage(number) {
  const message = Buffer.alloc(5000 + random(20000), `message ${number} `);
  sum = (sum + message[random(message.length)]) >>> 0;
  recent[random(RECENT)] = message;
  const copy = JSON.parse(JSON.stringify({ number, words: new Array(20).fill('word') }));
  sum = (sum + copy.words.length) >>> 0;
}

function work(messages) {
  for (let number = 0; number < messages; number++) {
    makeMessage(number);
  }
}

function begin() {
  loadTables();
  work(600);
}

/* Twice, with turns of the event loop between: array buffers are freed a tick after their owner. */
async function settle() {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise(setImmediate);
  }
}

function nextLine() {
  return new Promise((resolve) => {
    if (inputEnded) {
      resolve();
      return;
    }
    process.stdin.once('data', resolve);
    process.stdin.once('end', () => { inputEnded = true; resolve(); });
    process.stdin.resume();
  }).then(() => { process.stdin.pause(); });
}

async function snapshot(label, { collect = true } = {}) {
  if (collect) {
    await settle();
  }
  console.log(`snapshot ${label}`);
  await nextLine();
}

module.exports = { begin, work, settle, snapshot, random, sum: () => sum };
