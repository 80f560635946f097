/* listeners.js -- Each client listens to a shared emitter with its own buffer; none is taken off.
 *
 * Three snapshots.
 *
 * expect: kind=leak site1=attach file=listeners.js growth=19660800±2% blocks=+1200±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const { EventEmitter } = require('node:events');
const noise = require('../common/noise.js');

class Client {
  constructor(number) {
    this.number = number;
    this.history = null;
  }

  attach(hub) {
    this.history = Buffer.alloc(16384);
    hub.on('tick', (value) => this.note(value));
  }

  note(value) {
    this.history[value % this.history.length] = this.number % 256;
  }
}

const hub = new EventEmitter();
hub.setMaxListeners(0);

function serve(clients) {
  for (let number = 0; number < clients; number++) {
    new Client(number).attach(hub);
    noise.work(6);
  }
  hub.emit('tick', clients);
}

async function main() {
  noise.begin();
  serve(100);
  await noise.snapshot('steady');
  serve(600);
  await noise.snapshot('later');
  serve(600);
  await noise.snapshot('loaded');
  console.log(`${hub.listenerCount('tick')} listeners, ${noise.sum()}`);
}

main();
