/* hub_listeners.js -- Each request listens to a shared hub; no listener is taken off.
 *
 * What the listeners keep are JavaScript objects alone. Five snapshots.
 *
 * expect: kind=js-heap not=renderBurst
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { EventEmitter } = require('node:events');
const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const REQUESTS = 250;

const hub = new EventEmitter();
let sum = 0;

hub.setMaxListeners(0);

function makeRows(number) {
  return Array.from({ length: 600 }, (_, row) => ({ row, name: `${number}/${row}` }));
}

function subscribe(number) {
  const rows = makeRows(number);
  const onChange = (change) => { sum += rows.length + change; };
  hub.on('change', onChange);
  return onChange;
}

async function serve(step) {
  for (let number = 0; number < REQUESTS; number++) {
    const onChange = subscribe(step * REQUESTS + number);
    noise.work(1);
    if (flight.isClean) {
      hub.off('change', onChange);
    }
  }
  hub.emit('change', 1);
}

flight.series(5, serve).then(() => console.log(`${sum}, ${noise.sum()}`));
