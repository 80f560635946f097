/* tickers.js -- A ticker is started for each price that is watched; none is ever stopped.
 *
 * Five snapshots, 80 tickers in each step. The twin clears a ticker when its watcher leaves.
 *
 * expect: kind=leak site1=watchPrice file=tickers.js growth=5120000±2% blocks=+320±2%
 * expect: also=renderBurst not=renderBurst resource=timers gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';

const flight = require('../common/flight.js');
const noise = require('../common/noise.js');

const WATCHERS = 80;
const HISTORY = 16000;
const HOUR = 3600 * 1000;

let watched = 0;

function watchPrice(number) {
  const history = Buffer.alloc(HISTORY, number % 256);
  const ticker = setInterval(() => { history[0]++; }, HOUR);
  watched += history.length;
  return ticker;
}

async function serve() {
  for (let number = 0; number < WATCHERS; number++) {
    const ticker = watchPrice(number);
    noise.work(4);
    if (flight.isClean) {
      clearInterval(ticker);
    }
  }
}

flight.series(5, serve).then(() => {
  console.log(`${watched} bytes watched, ${noise.sum()}`);
  process.exit(0);
});
