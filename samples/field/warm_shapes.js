/* warm_shapes.js -- Functions that V8 specialises while they run, and a list that grows.
 *
 * Five snapshots. The functions are all hot at the third; the twin has them alone.
 *
 * expect: kind=leak site1=recordShape file=warm_shapes.js growth=3840000±2% blocks=+320±2%
 * expect: also=renderBurst not=renderBurst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const FUNCTIONS = 40;
const SHAPES = 80;
const SHAPE = 12000;

const recorded = [];
const functions = [];
let area = 0;

function compileArea(number) {
  return new Function('shape', `return shape.width * shape.height + ${number};`);
}

function measure(rounds) {
  for (let round = 0; round < rounds; round++) {
    const shape = { width: round % 7, height: round % 11, [`tag${round % 5}`]: round };
    area = (area + functions[round % functions.length](shape)) >>> 0;
  }
}

function recordShape(number) {
  const outline = Buffer.alloc(SHAPE, number % 256);
  recorded.push(outline);
}

async function serve(step) {
  while (functions.length < Math.min(FUNCTIONS, (step + 1) * 15)) {
    functions.push(compileArea(functions.length));
  }
  measure(step < 3 ? 200000 : 20000);
  for (let number = 0; number < SHAPES; number++) {
    recordShape(number);
    noise.work(4);
  }
  if (flight.isClean) {
    recorded.length = 0;
  }
}

flight.series(5, serve).then(() => console.log(`${area}, ${recorded.length}, ${noise.sum()}`));
