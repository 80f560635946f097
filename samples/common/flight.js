/* flight.js -- Work that is under way while a snapshot is taken: requests with a burst in hand.
 *
 * series(n, serve) calls serve(0) to warm up, then asks for n snapshots with serve(step) between
 * them. Meanwhile tasks render bursts of Buffers; at every snapshot each of them waits with one in
 * hand, a larger or a smaller one. The same in every run; SAMPLE_SEED=N gives other bursts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const noise = require('./noise.js');

const TASKS = 8;
const ROUNDS = 12;
const BLOCKS = 40;
const SIZE = 30000;

const isClean = process.env.SAMPLE_TWIN === 'clean'; // whether this run is the bounded twin
const seed = Number(process.env.SAMPLE_SEED || 0);

/* A generator of its own for each task, so that their order does not matter. */
function makeRandom(number) {
  let state = (seed * 7919 + number * 40503 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}

function renderBurst(random) {
  const burst = [];
  for (let left = 1 + random(BLOCKS); left > 0; left--) {
    burst.push(Buffer.alloc(5000 + random(SIZE), left));
  }
  return burst;
}

/* The burst of the last round is in hand until the gate opens. */
async function fly(random, gate) {
  let burst = [];
  for (let round = 0; round < ROUNDS; round++) {
    burst = renderBurst(random);
    await new Promise(setImmediate);
  }
  await gate;
  return burst.length;
}

async function series(snapshots, serve, optionsOf = () => ({})) {
  const randoms = Array.from({ length: TASKS }, (_, number) => makeRandom(number));
  noise.begin();
  for (let step = 0; step < snapshots; step++) {
    let open;
    const gate = new Promise((resolve) => { open = resolve; });
    const flights = randoms.map((random) => fly(random, gate));
    await serve(step);
    for (let round = 0; round <= ROUNDS; round++) {
      await new Promise(setImmediate);
    }
    await noise.snapshot(`look${step}`, optionsOf(step));
    open();
    await Promise.all(flights);
  }
}

module.exports = { series, isClean, makeRandom };
